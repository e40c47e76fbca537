import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { DataKeys } from '../../../shared/kernel/seal.ts';
import type { UserStore } from '../accounts/user-store.ts';
import type { StoredUser } from '../accounts/user.ts';
import { newChallenge, type ChallengeOwner } from './challenge.ts';
import { confirmedFactors, hasSecondFactor, passkeysOf } from './factor.ts';
import { ownSession } from './own-session.ts';
import type { ProofOptions } from './passkey.ts';
import { relyingParty } from './relying-party.ts';
import { requestOptions } from './webauthn.ts';

interface BeginDeps {
  readonly dataKeys: () => Promise<DataKeys>;
  readonly clock: Clock;
}

/** The ways in which the caller may prove again who they are, and what a browser needs to ask for a passkey. Stores nothing. */
export const beginProof = async (
  deps: BeginDeps & { readonly store: Pick<UserStore, 'userById'> },
  { caller }: Pick<Request, 'caller'>,
  { publicUrl }: { readonly publicUrl: string },
): Promise<ProofOptions> => {
  const { user } = await ownSession(deps, caller);
  if (!hasSecondFactor(user)) return { methods: ['password'] };
  return secondFactorOptions(deps, user, { owner: proofOwner(user, caller), publicUrl });
};

export const proofOwner = ({ id }: Pick<StoredUser, 'id'>, { sessionId }: Request['caller']): ChallengeOwner =>
  `proof/${id}/${sessionId}`;

/** The second factors that a person has, and what a browser needs to ask for a passkey. */
export const secondFactorOptions = async (
  { dataKeys, clock }: BeginDeps,
  user: StoredUser,
  { owner, publicUrl }: { readonly owner: ChallengeOwner; readonly publicUrl: string },
): Promise<ProofOptions> => {
  const passkeys = passkeysOf(user).map(([, passkey]) => passkey);
  const hasApp = confirmedFactors(user).some(([, { kind }]) => kind === 'totp');
  const hasRecoveryCode = Object.keys(user.recoveryCodes ?? {}).length > 0;
  return {
    methods: [
      ...(hasApp ? (['totp'] as const) : []),
      ...(passkeys.length > 0 ? (['passkey'] as const) : []),
      ...(hasRecoveryCode ? (['recovery_code'] as const) : []),
    ],
    ...(passkeys.length > 0 && {
      passkey: await requestOptions(relyingParty(publicUrl), {
        challenge: newChallenge(await dataKeys(), owner, clock.now()),
        passkeys,
      }),
    }),
  };
};
