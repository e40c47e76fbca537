import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { forbidden, notFound, unprocessable } from '../../../shared/kernel/errors.ts';
import type { EventStore } from '../event-store.ts';
import { confirmedFactors } from '../factors/factor.ts';
import { locked, LOCKS } from '../lock-out/lock-out.ts';
import type { LockStore } from '../lock-out/store.ts';
import { assertPerson } from './assert-person.ts';
import { overtaken } from './change-user.ts';
import { hashPassword, isPassword } from './hash-password.ts';
import { assertGoodPassword } from './new-password.ts';
import { isShortPassword, normalPassword } from './password.ts';
import { firstRefreshToken } from './refresh-token.ts';
import { issueTokens, type IssueDeps, type TokenPair } from './session-tokens.ts';
import type { UserStore } from './user-store.ts';
import { subjectOf } from './user.ts';

export interface ChangePasswordDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'userById' | 'changeUser'> &
    Pick<LockStore, 'countAttempt' | 'forgetAttempts'> &
    Pick<EventStore, 'noteEvent'>;
}

/**
 * Changes the caller's own password. All their other sessions end. This one continues with the pair in the answer, and its
 * earlier tokens are void. Wrong current passwords are counted per session, apart from logins.
 */
export const changePassword = async (
  deps: ChangePasswordDeps,
  { caller, origin }: Request,
  { currentPassword, newPassword }: { readonly currentPassword: string; readonly newPassword: string },
): Promise<TokenPair> => {
  const { store, clock, tokens } = deps;
  assertPerson(caller);
  const user = await store.userById(caller.id);
  const session = user?.sessions[caller.sessionId];
  if (!user || !session) throw notFound('session.not_found', 'This session has ended. Log in again.');

  const counted = await store.countAttempt(LOCKS.confirmation, caller.sessionId, clock.now());
  if (!counted.allowed) throw locked(counted);
  if (!(await isPassword(currentPassword, user.passwordHash))) {
    const about = {
      type: 'password.refused',
      actor: actorOf(caller),
      subject: subjectOf(user),
      outcome: 'failure',
    } as const;
    await store.noteEvent(auditEvent(about, origin, clock.now()));
    throw forbidden('password.wrong', 'The current password is wrong. Send the password that you log in with.');
  }
  await store.forgetAttempts(LOCKS.confirmation, caller.sessionId);
  const [factorId] = confirmedFactors(user)[0] ?? [];
  const use = factorId === undefined ? 'alone' : 'besideFactor';
  assertGoodPassword(newPassword, [user.username, user.displayName], 'newPassword', use);
  if (normalPassword(newPassword) === normalPassword(currentPassword)) {
    throw unprocessable('password.unchanged', 'The new password equals the current one. Choose another one.', {
      errors: [{ pointer: '/newPassword', detail: 'must differ from the current password' }],
    });
  }

  const passwordHash = await hashPassword(newPassword);
  const at = clock.now();
  const of = { userId: user.id, sessionId: caller.sessionId };
  const { token, state } = firstRefreshToken(of, at, tokens.refreshTokenSeconds);
  const { createdAt, ip, userAgent, provedAt, methods } = session;
  const outcome = await store.changeUser(
    user,
    {
      set: {
        passwordHash,
        passwordChangeRequired: false,
        passwordChangedAt: at.toISOString(),
        needsFactor: isShortPassword(newPassword),
      },
      // Nobody removes the factor meanwhile that lets the password be short.
      ...(isShortPassword(newPassword) && factorId !== undefined && { whileFactor: factorId }),
      voidsTokens: true,
      endsSessions: {
        except: {
          id: caller.sessionId,
          session: { ...state, createdAt, ip, userAgent, ...(provedAt && { provedAt }), ...(methods && { methods }) },
        },
      },
      event: auditEvent({ type: 'password.changed', actor: actorOf(caller), subject: subjectOf(user) }, origin, at),
    },
    at,
  );
  if (typeof outcome === 'string') throw overtaken();
  return issueTokens(deps, outcome, caller.sessionId, token);
};
