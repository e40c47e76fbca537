import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { personOnly } from './person-only.ts';
import type { UserStore } from './store.ts';

/** Ends the caller's session: its refresh token at once, its access token within a minute. */
export const logout = async (
  { store, clock }: { readonly store: Pick<UserStore, 'endSession'>; readonly clock: Clock },
  caller: Caller,
  origin: Origin,
): Promise<void> => {
  personOnly(caller);
  const at = clock.now();
  const subject = { kind: 'session', id: caller.sessionId, name: caller.name };
  const event = auditEvent({ type: 'session.ended', actor: actorOf(caller), subject }, origin, at);
  await store.endSession(caller.id, caller.sessionId, event, at);
};
