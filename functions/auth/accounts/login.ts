import { addressBlock } from '../../../shared/kernel/address-block.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { auditEvent, NOBODY } from '../../../shared/kernel/audit-event.ts';
import { unauthenticated } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { EventStore } from '../event-store.ts';
import { locked, LOCKS } from '../lock-out/lock-out.ts';
import type { LockStore } from '../lock-out/store.ts';
import type { Roles } from '../roles/role-cache.ts';
import type { FirstAdmin } from './first-admin.ts';
import { hashPassword, isOutdatedHash, isPassword, NOBODYS_HASH } from './hash-password.ts';
import { firstRefreshToken } from './refresh-token.ts';
import type { SessionStore } from './session-store.ts';
import { issueTokens, type IssueDeps, type TokenPair } from './session-tokens.ts';
import type { UserStore } from './user-store.ts';
import { effectiveTier, normalName, sessionsToDrop, subjectOf, type StoredUser } from './user.ts';

export interface LoginDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'userIdOf' | 'userById'> &
    Pick<SessionStore, 'startSession'> &
    Pick<LockStore, 'countAttempt' | 'forgetAttempts' | 'takeAttemptBack'> &
    Pick<EventStore, 'noteEvent'>;
  readonly firstAdmin: FirstAdmin;
  readonly roles: Roles;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The request of a caller who has not proved yet who they are. */
type Unproved = Pick<Request, 'origin'>;

/** An id that no user has. It is read when a name leads to no user. */
const NOBODYS_ID = 'usr_00000000000000000000000000';

const refused = () => unauthenticated('auth.invalid_credentials', 'The user name or the password is wrong.');

/**
 * Starts a session for a user name and a password. Every failure has the same answer after the same work: an unknown account, a
 * disabled one and a wrong password look alike. The attempt is counted before the password is checked, per address and per
 * account, also for accounts that do not exist. Past the free attempts the answer is 429 and the password is not checked, so a
 * lock reveals nothing about it.
 */
export const login = async (deps: LoginDeps, { origin }: Unproved, credentials: Credentials): Promise<TokenPair> => {
  const { store, clock, tokens } = deps;
  const name = normalName(credentials.username);
  const address = addressBlock(origin.ip);

  const fromAddress = await store.countAttempt(LOCKS.address, address, clock.now());
  if (!fromAddress.allowed) throw locked(fromAddress);
  const [onAccount, user] = await Promise.all([
    store.countAttempt(LOCKS.account, name, clock.now()),
    findUser(deps, { origin }, { username: name, password: credentials.password }),
  ]);
  if (!onAccount.allowed) {
    await store.noteEvent(failure('login.locked', user, { origin }, clock.now()));
    throw locked(onAccount);
  }

  const isRight = await isPassword(credentials.password, user?.passwordHash ?? NOBODYS_HASH);
  if (!isRight || user?.status !== 'active') {
    await store.noteEvent(failure('login.failed', user, { origin }, clock.now()));
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
      ...(isOutdatedHash(user.passwordHash) && { passwordHash: await hashPassword(credentials.password) }),
      event: auditEvent(
        {
          type: 'login.succeeded',
          actor: { kind: 'user', id: user.id, name: user.username },
          subject: { kind: 'session', id, name: user.username },
        },
        origin,
        at,
      ),
    }),
    store.forgetAttempts(LOCKS.account, name),
    store.takeAttemptBack(LOCKS.address, address, fromAddress.lockedUntil),
  ]);
  // The user was disabled or deleted, or got another password, while this one was checked.
  if (!started) throw refused();
  return issueTokens(deps, started, id, token);
};

/** The user of a name. An unknown name costs as many reads. */
const findUser = async (
  { store, firstAdmin }: LoginDeps,
  { origin }: Unproved,
  { username, password }: Credentials,
): Promise<StoredUser | undefined> => {
  const id = await store.userIdOf(username);
  const user = await store.userById(id ?? NOBODYS_ID);
  if (user || !(await firstAdmin(username, password, origin))) return user;
  return store.userById((await store.userIdOf(username)) ?? NOBODYS_ID);
};

/** The event keeps a typed user name only where a user has it: people type passwords into that field. */
const failure = (type: 'login.failed' | 'login.locked', user: StoredUser | undefined, { origin }: Unproved, at: Date) =>
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
