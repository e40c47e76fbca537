import type { Clock } from '../../../shared/kernel/clock.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
import { newChallenge } from '../factors/challenge.ts';
import type { PasskeyOptions } from '../factors/passkey.ts';
import { relyingParty } from '../factors/relying-party.ts';
import { requestOptions } from '../factors/webauthn.ts';

/** What a browser needs to log somebody in by a passkey alone. It names nobody, and stores nothing. */
export const beginPasskeyLogin = async (
  { dataKeys, clock }: { readonly dataKeys: () => Promise<DataKeys>; readonly clock: Clock },
  { publicUrl }: { readonly publicUrl: string },
): Promise<PasskeyOptions> =>
  requestOptions(relyingParty(publicUrl), { challenge: newChallenge(await dataKeys(), 'login', clock.now()) });
