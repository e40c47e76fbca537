import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { UserStore } from './store.ts';

/** Ends one of the caller's own sessions. Somebody else's is 404, like one that does not exist. */
export const revokeSession = async (
  { store, clock }: { readonly store: Pick<UserStore, 'endSession'>; readonly clock: Clock },
  caller: Caller,
  id: string,
  origin: Origin,
): Promise<void> => {
  const at = clock.now();
  const subject = { kind: 'session', id, name: caller.name };
  const event = auditEvent({ type: 'session.ended', actor: actorOf(caller), subject }, origin, at);
  const isOurForm = caller.kind === 'user' && /^ses_[0-9a-z]{26}$/.test(id);
  if (!isOurForm || !(await store.endSession(caller.id, id, event, at))) {
    throw notFound('session.not_found', 'You have no session with this id.');
  }
};
