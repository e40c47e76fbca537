import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { assertPerson } from './assert-person.ts';
import type { SessionStore } from './session-store.ts';

/** Ends the caller's session: its refresh token at once, its access token within a minute. */
export const logout = async (
  { store, clock }: { readonly store: Pick<SessionStore, 'endSession'>; readonly clock: Clock },
  { caller, origin }: Request,
): Promise<void> => {
  assertPerson(caller);
  const at = clock.now();
  const subject = { kind: 'session', id: caller.sessionId, name: caller.name };
  const event = auditEvent({ type: 'session.ended', actor: actorOf(caller), subject }, origin, at);
  await store.endSession(caller.id, caller.sessionId, event, at);
};
