import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { viewOf, type Alert, type RaiseAlert } from '../alert.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { CountedBefore } from '../counted-before.ts';
import { idOfChange, idOfEvent } from '../event-id.ts';
import type { AlertStore } from '../store.ts';
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

export interface RaiseAlertDeps {
  readonly intake: Pick<Intake, 'observe'>;
  readonly store: Pick<AlertStore, 'latestIn'>;
  readonly clock: Clock;
}

/** The latest alert of a slot, as the answer to a request that was counted on it. */
const archivedOf = async ({ store, clock }: RaiseAlertDeps, source: string, dedupKey: string) => {
  const latest = await store.latestIn(source, dedupKey);
  if (!latest) throw conflict('alert.counted', 'This request was carried out before, and its alert is deleted.');
  return {
    archived: { eventId: idOfChange('trigger', clock.now(), latest.id), alert: viewOf(latest), opened: false },
  };
};

/**
 * Opens an alert, or repeats the caller's open one of the same deduplication key. Without a key each raise is an alert of its
 * own. Answers the alert and whether it is new or, while the table refuses, that it is accepted. A repeat of a request with a key finds the
 * alert of the first one by the key alone: open, resolved, or in the archive.
 */
export const raiseAlert = async (
  deps: RaiseAlertDeps,
  { caller }: Pick<Request, 'caller'>,
  { requestKey, ...wanted }: RaiseAlert & { readonly requestKey?: string | undefined },
): Promise<Identified & ({ readonly alert: Alert; readonly opened: boolean } | AcceptedRaise)> => {
  const source = sourceOf(caller);
  const dedupKey =
    wanted.dedupKey ?? (requestKey === undefined ? newId('evt', deps.clock.now()) : `request_${requestKey}`);
  const observed = deps.intake.observe(
    {
      source,
      dedupKey,
      title: wanted.title,
      severity: wanted.severity,
      description: wanted.description ?? '',
      service: wanted.service ?? null,
      team: wanted.team ?? null,
      labels: wanted.labels ?? {},
      annotations: wanted.annotations ?? {},
    },
    actorOf(caller),
    requestKey,
  );
  const raised = await observed.catch(async (error: unknown) => {
    if (!(error instanceof CountedBefore)) throw error;
    return archivedOf(deps, source, dedupKey);
  });
  if ('archived' in raised) return raised.archived;
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
