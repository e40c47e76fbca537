import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { forbidden, notFound, tooMany } from '../../../shared/kernel/errors.ts';
import { overtaken } from './change-user.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { hashPassword, isPassword } from './hash-password.ts';
import { LOCKS } from '../lock-out/lock-out.ts';
import { mustBeGood } from './new-password.ts';
import { normalPassword } from './password.ts';
import { personOnly } from './person-only.ts';
import { firstRefreshToken } from './refresh-token.ts';
import { issue, type IssueDeps, type TokenPair } from './session-tokens.ts';
import type { UserStore } from './store.ts';
import type { LockStore } from '../lock-out/store.ts';
import type { EventStore } from '../event-store.ts';
import { subjectOf } from './user.ts';
import { unprocessable } from '../../../shared/kernel/errors.ts';

export interface ChangePasswordDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'userById' | 'changeUser'> &
    Pick<LockStore, 'attempt' | 'forgetAttempts'> &
    Pick<EventStore, 'note'>;
}

/**
 * Changes the caller's own password. All sessions end but this one, which goes on with the pair that is answered; what it
 * held before is void. The current password is asked for again. Wrong ones are counted for each session, apart from logins.
 */
export const changePassword = async (
  deps: ChangePasswordDeps,
  caller: Caller,
  request: { readonly currentPassword: string; readonly newPassword: string },
  origin: Origin,
): Promise<TokenPair> => {
  const { store, clock, tokens } = deps;
  personOnly(caller);
  const user = await store.userById(caller.id);
  const session = user?.sessions[caller.sessionId];
  if (!user || !session) throw notFound('session.not_found', 'This session has ended. Log in again.');

  const counted = await store.attempt(LOCKS.confirmation, caller.sessionId, clock.now());
  if (!counted.allowed) {
    throw tooMany('auth.locked', 'Too many attempts. Wait as long as Retry-After says.', {
      retryAfterSeconds: counted.retryAfterSeconds,
    });
  }
  if (!(await isPassword(request.currentPassword, user.passwordHash))) {
    const about = {
      type: 'password.refused',
      actor: actorOf(caller),
      subject: subjectOf(user),
      outcome: 'failure',
    } as const;
    await store.note(auditEvent(about, origin, clock.now()));
    throw forbidden('password.wrong', 'The current password is wrong.');
  }
  await store.forgetAttempts(LOCKS.confirmation, caller.sessionId);
  mustBeGood(request.newPassword, [user.username, user.displayName], 'newPassword');
  if (normalPassword(request.newPassword) === normalPassword(request.currentPassword)) {
    throw unprocessable('password.unchanged', 'The new password is the old one.', {
      errors: [{ pointer: '/newPassword', detail: 'must differ from the current password' }],
    });
  }

  const passwordHash = await hashPassword(request.newPassword);
  const at = clock.now();
  const of = { userId: user.id, sessionId: caller.sessionId };
  const { token, state } = firstRefreshToken(of, at, tokens.refreshTokenSeconds);
  const { createdAt, ip, userAgent } = session;
  const outcome = await store.changeUser(
    user,
    {
      set: { passwordHash, passwordChangeRequired: false, passwordChangedAt: at.toISOString() },
      voidsTokens: true,
      endsSessions: { except: { id: caller.sessionId, session: { ...state, createdAt, ip, userAgent } } },
      event: auditEvent({ type: 'password.changed', actor: actorOf(caller), subject: subjectOf(user) }, origin, at),
    },
    at,
  );
  if (typeof outcome === 'string') throw overtaken();
  return issue(deps, outcome, caller.sessionId, token);
};
