import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { newChallenge } from './challenge.ts';
import { assertRoomForFactor, passkeysOf } from './factor.ts';
import { ownSession } from './own-session.ts';
import type { PasskeyOptions } from './passkey.ts';
import { relyingParty } from './relying-party.ts';
import { creationOptions } from './webauthn.ts';

/** What the caller's browser needs to make a passkey. Stores nothing. */
export const beginPasskey = async (
  deps: {
    readonly store: Pick<UserStore, 'userById'>;
    readonly dataKeys: () => Promise<DataKeys>;
    readonly clock: Clock;
  },
  { caller }: Pick<Request, 'caller'>,
  { publicUrl }: { readonly publicUrl: string },
): Promise<PasskeyOptions> => {
  const { user } = await ownSession(deps, caller);
  assertRoomForFactor(user);
  const owner = `registration/${user.id}/${caller.sessionId}` as const;
  return creationOptions(relyingParty(publicUrl), {
    challenge: newChallenge(await deps.dataKeys(), owner, deps.clock.now()),
    user,
    existing: passkeysOf(user).map(([, passkey]) => passkey),
  });
};
