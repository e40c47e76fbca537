import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { viewOf, type Alert } from '../alert.ts';
import { idOfEvent } from '../event-id.ts';
import type { Intake } from '../intake/intake.ts';
import type { AlertStore } from '../store.ts';
import { sourceOf, type AcceptedRaise, type Identified } from '../intake/raise-alert.ts';

export interface ByKey {
  readonly dedupKey: string;
  /** The caller's own source, unless another is named. */
  readonly source?: string | undefined;
  readonly note?: string | undefined;
}

type Done = Identified & ({ readonly alert: Alert | null; readonly before: Alert | null } | AcceptedRaise);

const changeByKey =
  (act: 'acknowledge' | 'resolve') =>
  async (
    {
      intake,
      store,
    }: {
      readonly intake: Pick<Intake, 'acknowledge' | 'resolve'>;
      readonly store: Pick<AlertStore, 'latestIn'>;
    },
    { caller }: Pick<Request, 'caller'>,
    { dedupKey, source = sourceOf(caller), note }: ByKey,
  ): Promise<Done> => {
    const done = await intake[act](source, dedupKey, actorOf(caller), note);
    const eventId = idOfEvent(act, done);
    if (done.kept === 'spilled') return { eventId, accepted: true, source, dedupKey, acceptedAt: done.acceptedAt };
    if (done.result) return { eventId, alert: viewOf(done.result), before: null };
    const before = await store.latestIn(source, dedupKey);
    return { eventId, alert: null, before: before ? viewOf(before) : null };
  };

/**
 * Acknowledges the open alert of a source and key. Answers the alert, null where none was open or it was acknowledged already, or that
 * the request is accepted and will be applied. Where it changed nothing, `before` is the latest alert of the key, null for a key without one.
 */
export const acknowledgeByKey = changeByKey('acknowledge');

/** Resolves the unresolved alert of a source and key. Answers the alert, null where there was none, and `before` as `acknowledgeByKey` does. */
export const resolveByKey = changeByKey('resolve');
