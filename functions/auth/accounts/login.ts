import { addressBlock } from '../../../shared/kernel/address-block.ts';
import { unauthenticated } from '../../../shared/kernel/errors.ts';
import { secondFactorOptions } from '../factors/begin-proof.ts';
import { hasSecondFactor } from '../factors/factor.ts';
import type { PasskeyAnswer, ProofOptions } from '../factors/passkey.ts';
import { shownPasskey, type PasskeyDeps } from '../factors/shown-passkey.ts';
import { methodsOf, spentBy, type Spent } from '../factors/spend.ts';
import { locked, LOCKS } from '../lock-out/lock-out.ts';
import type { LockStore } from '../lock-out/store.ts';
import { beginSession, failure, passkeyRefused, type BeginSessionDeps, type Unproved } from './begin-session.ts';
import type { FirstAdmin } from './first-admin.ts';
import { hashPassword, isOutdatedHash, isPassword, NOBODYS_HASH } from './hash-password.ts';
import type { TokenPair } from './session-tokens.ts';
import type { UserStore } from './user-store.ts';
import { normalName, type StoredUser } from './user.ts';

export interface LoginDeps extends BeginSessionDeps, PasskeyDeps {
  readonly store: BeginSessionDeps['store'] &
    PasskeyDeps['store'] &
    Pick<UserStore, 'userIdOf' | 'userById'> &
    Pick<LockStore, 'countAttempt'>;
  readonly firstAdmin: FirstAdmin;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** A code of the second factor, or a recovery code. */
  readonly code?: string | undefined;
  /** The answer of a passkey that is the second factor, to the options in the refusal of the request without one. */
  readonly passkey?: PasskeyAnswer | undefined;
  readonly publicUrl: string;
}

/** An id that no user has. It is read when a name leads to no user. */
const NOBODYS_ID = 'usr_00000000000000000000000000';

const refused = () => unauthenticated('auth.invalid_credentials', 'The user name or the password is wrong.');

const codeRequired = (options: ProofOptions) =>
  unauthenticated(
    'auth.code_required',
    'This account has a second factor. Log in again with `code`, the six digits of your authenticator app or a recovery code, or with `passkey`. `methods` says which of them you have.',
    { extensions: { ...options } },
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
 * `code` or `passkey` logs in. A wrong one counts as an attempt as a wrong password does. A right one counts once.
 */
export const login = async (deps: LoginDeps, { origin }: Unproved, credentials: Credentials): Promise<TokenPair> => {
  const { store, clock } = deps;
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
    ? await secondFactorOf(deps, { origin }, { ...credentials, user, name }, onAccount)
    : undefined;

  return beginSession(deps, { origin }, user, {
    spent,
    methods: methodsOf(spent),
    fromAddress,
    ...(isOutdatedHash(user.passwordHash) && { passwordHash: await hashPassword(credentials.password) }),
    refusal: !spent ? refused : spent.kind === 'passkey' ? passkeyRefused : codeRefused,
  });
};

/**
 * The code or the answer of a passkey that the login uses up. A request without one is no guess, so its attempt is taken back; it does not
 * reset the counter, or guesses between such requests would be free. Its refusal says which factors there are, to whom knows the password.
 */
const secondFactorOf = async (
  deps: LoginDeps,
  request: Unproved,
  {
    user,
    name,
    code,
    passkey,
    publicUrl,
  }: Pick<Credentials, 'code' | 'passkey' | 'publicUrl'> & { readonly user: StoredUser; readonly name: string },
  attempt: { readonly lockedUntil: string | undefined },
): Promise<Spent> => {
  const { store, clock, dataKeys } = deps;
  const owner = `login/${user.id}` as const;
  if (code === undefined && passkey === undefined) {
    await store.takeAttemptBack(LOCKS.account, name, attempt.lockedUntil);
    throw codeRequired(await secondFactorOptions(deps, user, { owner, publicUrl }));
  }
  const spent = passkey
    ? await shownPasskey(deps, request, user, { answer: passkey, owner, publicUrl, verifiesUser: false })
    : spentBy(user, code ?? '', await dataKeys(), clock.now());
  if (spent) return spent;
  await store.noteEvent(failure('login.failed', user, request, clock.now()));
  throw passkey ? passkeyRefused() : codeRefused();
};

/** The user of a name. An unknown name costs as many reads. */
const findUser = async (
  { store, firstAdmin }: LoginDeps,
  { origin }: Unproved,
  { username, password }: Pick<Credentials, 'username' | 'password'>,
): Promise<StoredUser | undefined> => {
  const id = await store.userIdOf(username);
  const user = await store.userById(id ?? NOBODYS_ID);
  if (user || !(await firstAdmin(username, password, origin))) return user;
  return store.userById((await store.userIdOf(username)) ?? NOBODYS_ID);
};
