import { addressBlock } from '../../../shared/kernel/address-block.ts';
import { userIdIn, type PasskeyAnswer } from '../factors/passkey.ts';
import { shownPasskey, type PasskeyDeps } from '../factors/shown-passkey.ts';
import { methodsOf, WITHOUT_PASSWORD } from '../factors/spend.ts';
import { locked, LOCKS } from '../lock-out/lock-out.ts';
import type { LockStore } from '../lock-out/store.ts';
import { beginSession, failure, passkeyRefused, type BeginSessionDeps, type Unproved } from './begin-session.ts';
import type { TokenPair } from './session-tokens.ts';
import type { UserStore } from './user-store.ts';

export interface PasskeyLoginDeps extends BeginSessionDeps, PasskeyDeps {
  readonly store: BeginSessionDeps['store'] &
    PasskeyDeps['store'] &
    Pick<UserStore, 'userById'> &
    Pick<LockStore, 'countAttempt'>;
}

/**
 * Starts a session for a passkey that names its owner and has verified them: by a finger, a face or a PIN, which is two factors by itself.
 * Attempts are counted and locked as those with a password are. Every failure has the same answer: an unknown passkey, a disabled account
 * and a wrong or used answer look alike.
 */
export const loginByPasskey = async (
  deps: PasskeyLoginDeps,
  request: Unproved,
  { answer, publicUrl }: { readonly answer: PasskeyAnswer; readonly publicUrl: string },
): Promise<TokenPair> => {
  const { store, clock } = deps;
  const fromAddress = await store.countAttempt(LOCKS.address, addressBlock(request.origin.ip), clock.now());
  if (!fromAddress.allowed) throw locked(fromAddress);
  const userId = userIdIn(answer);
  const user = userId === undefined ? undefined : await store.userById(userId);
  if (user) {
    const onAccount = await store.countAttempt(LOCKS.account, user.username, clock.now());
    if (!onAccount.allowed) {
      await store.noteEvent(failure('login.locked', user, request, clock.now()));
      throw locked(onAccount);
    }
  }
  const spent =
    user?.status === 'active'
      ? await shownPasskey(deps, request, user, { answer, owner: 'login', publicUrl, verifiesUser: true })
      : undefined;
  if (!user || !spent) {
    await store.noteEvent(failure('login.failed', user, request, clock.now()));
    throw passkeyRefused();
  }
  return beginSession(deps, request, user, {
    spent,
    methods: methodsOf(spent, WITHOUT_PASSWORD),
    fromAddress,
    refusal: passkeyRefused,
  });
};
