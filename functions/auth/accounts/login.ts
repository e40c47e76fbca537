import { addressBlock } from '../../../shared/kernel/address-block.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { auditEvent, NOBODY } from '../../../shared/kernel/audit-event.ts';
import { unauthenticated } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
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
import { hasSecondFactor } from '../factors/factor.ts';
import { methodsOf, spentBy, type Spent } from '../factors/spend.ts';
import { effectiveTier, normalName, sessionsToDrop, subjectOf, type StoredUser } from './user.ts';

export interface LoginDeps extends IssueDeps {
  readonly store: Pick<UserStore, 'userIdOf' | 'userById'> &
    Pick<SessionStore, 'startSession'> &
    Pick<LockStore, 'countAttempt' | 'forgetAttempts' | 'takeAttemptBack'> &
    Pick<EventStore, 'noteEvent'>;
  readonly firstAdmin: FirstAdmin;
  readonly dataKeys: () => Promise<DataKeys>;
  readonly roles: Roles;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** A code of the second factor, or a recovery code. */
  readonly code?: string | undefined;
}

/** The request of a caller who has not proved yet who they are. */
type Unproved = Pick<Request, 'origin'>;

/** An id that no user has. It is read when a name leads to no user. */
const NOBODYS_ID = 'usr_00000000000000000000000000';

const refused = () => unauthenticated('auth.invalid_credentials', 'The user name or the password is wrong.');

const codeRequired = () =>
  unauthenticated(
    'auth.code_required',
    'This account has a second factor. Log in again with `code`: the six digits of your authenticator app, or a recovery code.',
  );

const codeRefused = () =>
  unauthenticated(
    'auth.invalid_code',
    'The code is wrong, expired or already used. Wait for the next one in your app.',
  );

/**
 * Starts a session for a user name and a password. Every failure has the same answer after the same work: an unknown account, a
 * disabled one and a wrong password look alike. The attempt is counted before the password is checked, per address and per
 * account, also for accounts that do not exist. Past the free attempts the answer is 429 and the password is not checked, so a
 * lock reveals nothing about it.
 *
 * Where the account has a second factor, the right password alone is answered with 401 `auth.code_required`, and the same request with
 * `code` logs in. A wrong code counts as an attempt as a wrong password does. A code counts once.
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

  const spent = hasSecondFactor(user)
    ? await codeOf(deps, { origin }, { user, code: credentials.code, name }, onAccount)
    : undefined;

  const at = clock.now();
  const id = newId('ses', at);
  const { token, state } = firstRefreshToken({ userId: user.id, sessionId: id }, at, tokens.refreshTokenSeconds);
  const [started] = await Promise.all([
    store.startSession(user, {
      id,
      session: {
        ...state,
        createdAt: at.toISOString(),
        ip: origin.ip,
        userAgent: origin.userAgent.slice(0, 96),
        provedAt: at.toISOString(),
        methods: methodsOf(spent),
      },
      drop: sessionsToDrop(user.sessions, at),
      wantedTier: effectiveTier(user, await deps.roles()),
      ...(isOutdatedHash(user.passwordHash) && { passwordHash: await hashPassword(credentials.password) }),
      spent,
      event: auditEvent(
        {
          type: 'login.succeeded',
          actor: { kind: 'user', id: user.id, name: user.username },
          subject: { kind: 'session', id, name: user.username },
          ...(spent && { detail: { secondFactor: spent.kind } }),
        },
        origin,
        at,
      ),
    }),
    store.forgetAttempts(LOCKS.account, name),
    store.takeAttemptBack(LOCKS.address, address, fromAddress.lockedUntil),
  ]);
  // The user was disabled or deleted, got another password, or used the code elsewhere, while this one was checked.
  if (!started) throw spent ? codeRefused() : refused();
  return issueTokens(deps, started, id, token);
};

/**
 * The code that the login uses up. A request without one is no guess, so its attempt is taken back; it does not reset the counter, or
 * guesses between such requests would be free.
 */
const codeOf = async (
  { store, clock, dataKeys }: LoginDeps,
  { origin }: Unproved,
  { user, code, name }: { readonly user: StoredUser; readonly code: string | undefined; readonly name: string },
  attempt: { readonly lockedUntil: string | undefined },
): Promise<Spent> => {
  if (code === undefined) {
    await store.takeAttemptBack(LOCKS.account, name, attempt.lockedUntil);
    throw codeRequired();
  }
  const spent = spentBy(user, code, await dataKeys(), clock.now());
  if (spent) return spent;
  await store.noteEvent(failure('login.failed', user, { origin }, clock.now()));
  throw codeRefused();
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
