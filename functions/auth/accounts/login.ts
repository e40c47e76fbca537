import type { EventStore } from '../event-store.ts';
import type { LockStore } from '../lock-out/store.ts';
import type { UserStore } from './store.ts';
import type { Origin } from '../../../shared/kernel/caller.ts';
import { tooMany, unauthenticated } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { auditEvent, NOBODY } from '../../../shared/kernel/audit-event.ts';
import type { FirstAdmin } from './first-admin.ts';
import { hashPassword, isOutdatedHash, isPassword, NOBODYS_HASH } from './hash-password.ts';
import { addressBlock, LOCKS } from '../lock-out/lock-out.ts';
import { firstRefreshToken } from './refresh-token.ts';
import type { Roles } from '../roles/role-cache.ts';
import { issue, type IssueDeps, type TokenPair } from './session-tokens.ts';
import { effectiveTier, normalName, sessionsToDrop, subjectOf, type StoredUser } from './user.ts';

export interface LoginDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'userIdOf' | 'userById' | 'startSession'> &
    Pick<LockStore, 'attempt' | 'forgetAttempts' | 'takeAttemptBack'> &
    Pick<EventStore, 'note'>;
  readonly firstAdmin: FirstAdmin;
  readonly roles: Roles;
}

/** An id that nobody has, read in place of the one that a name does not lead to. */
const NOBODYS_ID = 'usr_00000000000000000000000000';

const refused = () => unauthenticated('auth.invalid_credentials', 'The user name or the password is wrong.');

/**
 * Begins a session for a user name and a password. Who fails is told the same, after the same work, whether the account
 * exists, is disabled, or the password is wrong. The attempt is counted before the password is looked at, per address and
 * per account, also for accounts that do not exist; past the free attempts it is 429 without a look at the password, so
 * a lock tells nothing about it.
 */
export const login = async (
  deps: LoginDeps,
  request: { readonly username: string; readonly password: string },
  origin: Origin,
): Promise<TokenPair> => {
  const { store, clock, tokens } = deps;
  const name = normalName(request.username);
  const address = addressBlock(origin.ip);

  const fromAddress = await store.attempt(LOCKS.address, address, clock.now());
  if (!fromAddress.allowed) throw locked(fromAddress.retryAfterSeconds);
  const [onAccount, user] = await Promise.all([
    store.attempt(LOCKS.account, name, clock.now()),
    userOf(deps, name, request.password, origin),
  ]);
  if (!onAccount.allowed) {
    await store.note(failure('login.locked', user, origin, clock.now()));
    throw locked(onAccount.retryAfterSeconds);
  }

  const isRight = await isPassword(request.password, user?.passwordHash ?? NOBODYS_HASH);
  if (!isRight || user?.status !== 'active') {
    await store.note(failure('login.failed', user, origin, clock.now()));
    throw refused();
  }

  const at = clock.now();
  const id = newId('ses', at);
  const { token, state } = firstRefreshToken({ userId: user.id, sessionId: id }, at, tokens.refreshTokenSeconds);
  const [started] = await Promise.all([
    store.startSession(user, {
      id,
      session: { ...state, createdAt: at.toISOString(), ip: origin.ip, userAgent: origin.userAgent.slice(0, 96) },
      drop: sessionsToDrop(user.sessions, at),
      wantedTier: effectiveTier(user, await deps.roles()),
      ...(isOutdatedHash(user.passwordHash) && { passwordHash: await hashPassword(request.password) }),
      event: auditEvent(
        {
          type: 'login.succeeded',
          actor: subjectAsActor(user),
          subject: { kind: 'session', id, name: user.username },
        },
        origin,
        at,
      ),
    }),
    store.forgetAttempts(LOCKS.account, name),
    store.takeAttemptBack(LOCKS.address, address, fromAddress.lockedUntil),
  ]);
  // Disabled, deleted, or given another password while this one was checked.
  if (!started) throw refused();
  return issue(deps, started, id, token);
};

/** The user of a name. As many reads where there is none. */
const userOf = async (
  { store, firstAdmin }: LoginDeps,
  name: string,
  password: string,
  origin: Origin,
): Promise<StoredUser | undefined> => {
  const id = await store.userIdOf(name);
  const user = await store.userById(id ?? NOBODYS_ID);
  if (user || !(await firstAdmin(name, password, origin))) return user;
  return store.userById((await store.userIdOf(name)) ?? NOBODYS_ID);
};

const subjectAsActor = (user: StoredUser) => ({ kind: 'user' as const, id: user.id, name: user.username });

/** What was typed as a user name is not kept unless somebody bears it: people type passwords there. */
const failure = (type: 'login.failed' | 'login.locked', user: StoredUser | undefined, origin: Origin, at: Date) =>
  auditEvent(
    {
      type,
      actor: NOBODY,
      subject: user ? subjectOf(user) : { kind: 'user', id: '', name: '(no such user)' },
      outcome: type === 'login.locked' ? 'denied' : 'failure',
    },
    origin,
    at,
  );

const locked = (retryAfterSeconds: number) =>
  tooMany('auth.locked', 'Too many attempts. Wait as long as Retry-After says.', { retryAfterSeconds });
