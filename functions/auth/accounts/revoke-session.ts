import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { idPattern } from '../../../shared/kernel/ids.ts';
import type { SessionStore } from './session-store.ts';

/** Ends one of the caller's own sessions. Another user's session is 404, like one that does not exist. */
export const revokeSession = async (
  { store, clock }: { readonly store: Pick<SessionStore, 'endSession'>; readonly clock: Clock },
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const at = clock.now();
  const subject = { kind: 'session', id, name: caller.name };
  const event = auditEvent({ type: 'session.ended', actor: actorOf(caller), subject }, origin, at);
  const isOurForm = caller.kind === 'user' && idPattern('ses').test(id);
  if (!isOurForm || !(await store.endSession(caller.id, id, event, at))) {
    throw notFound('session.not_found', 'You have no session with this id.');
  }
};
