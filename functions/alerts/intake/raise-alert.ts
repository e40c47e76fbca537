import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { viewOf, type Alert, type RaiseAlert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { idOfEvent } from '../event-id.ts';
import type { Intake } from './intake.ts';

/** A raise that was accepted while the table refused: it is applied later under this key. */
export interface AcceptedRaise {
  readonly accepted: true;
  readonly source: string;
  readonly dedupKey: string;
  readonly acceptedAt: string;
}

/** The id of the event, by which people find what became of it. */
export interface Identified {
  readonly eventId: string;
}

/**
 * Opens an alert, or repeats the caller's open one of the same deduplication key. Without a key each raise is an alert of its
 * own. Answers the alert and whether it is new or, while the table refuses, that it is accepted.
 */
export const raiseAlert = async (
  { intake, clock }: { readonly intake: Pick<Intake, 'observe'>; readonly clock: Clock },
  { caller }: Pick<Request, 'caller'>,
  wanted: RaiseAlert,
): Promise<Identified & ({ readonly alert: Alert; readonly opened: boolean } | AcceptedRaise)> => {
  const source = sourceOf(caller);
  const raised = await intake.observe(
    {
      source,
      dedupKey: wanted.dedupKey ?? newId('evt', clock.now()),
      title: wanted.title,
      severity: wanted.severity,
      description: wanted.description ?? '',
      service: wanted.service ?? null,
      team: wanted.team ?? null,
      labels: wanted.labels ?? {},
      annotations: wanted.annotations ?? {},
    },
    actorOf(caller),
  );
  const eventId = idOfEvent('trigger', raised);
  if (raised.kept === 'spilled') {
    return { eventId, accepted: true, source, dedupKey: raised.dedupKey, acceptedAt: raised.acceptedAt };
  }
  return { eventId, alert: viewOf(raised.result.alert), opened: raised.result.opened };
};

/**
 * People share the source `manual`, so that two people who raise the same thing share an alert. The source of a machine has the
 * name of its key, so that a new key of the same name continues the alerts of the old one.
 */
export const sourceOf = (caller: Caller): string => (caller.kind === 'machine' ? `api:${caller.name}` : 'manual');
