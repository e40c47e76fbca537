import { lazy } from '../../../shared/kernel/lazy.ts';
import type { StoredPasskey } from './factor.ts';
import type { NewPasskeyAnswer, PasskeyAnswer, PasskeyOptions } from './passkey.ts';
import type { RelyingParty } from './relying-party.ts';

/*
 * WebAuthn Level 3 by `@simplewebauthn/server`. It is loaded at the first request that needs it, so that no other one waits for it.
 */

const library = /* @__PURE__ */ lazy(() => import('@simplewebauthn/server'));

/** ES256, EdDSA and RS256 (RFC 8812), which all authenticators know between them. */
const ALGORITHMS = [-7, -8, -257];
const NAME = 'Tocsin';
const TIMEOUT_MS = 300_000;

type Transports = NonNullable<
  Parameters<Awaited<ReturnType<typeof library>>['verifyAuthenticationResponse']>[0]['credential']['transports']
>;

const described = ({ credentialId, transports }: StoredPasskey) => ({
  id: credentialId,
  transports: [...transports] as Transports,
});

/** What a browser needs to make a passkey. The ones that the person has are named, so that an authenticator holds one of each person. */
export const creationOptions = async (
  { id: rpID, origin }: RelyingParty,
  {
    challenge,
    user,
    existing,
  }: {
    readonly challenge: string;
    readonly user: { readonly id: string; readonly username: string; readonly displayName: string };
    readonly existing: readonly StoredPasskey[];
  },
): Promise<PasskeyOptions> => {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID,
    challenge,
    userID: new TextEncoder().encode(user.id),
    userName: user.username,
    userDisplayName: user.displayName,
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: existing.map(described),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return { origin, options: { ...options } };
};

/** What a browser needs to use a passkey: one of these, or without them any that the authenticator has for this site. */
export const requestOptions = async (
  { id: rpID, origin }: RelyingParty,
  { challenge, passkeys }: { readonly challenge: string; readonly passkeys?: readonly StoredPasskey[] },
): Promise<PasskeyOptions> => {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID,
    challenge,
    timeout: TIMEOUT_MS,
    ...(passkeys && { allowCredentials: passkeys.map(described) }),
    userVerification: passkeys ? 'preferred' : 'required',
  });
  return { origin, options: { ...options } };
};

/** The state of a passkey that is stored. */
export type MadePasskey = Pick<
  StoredPasskey,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'isSynced' | 'isBackedUp'
>;

/** The passkey that a browser made for this challenge; undefined where the answer is wrong or of another site. */
export const madePasskey = async (
  { id, origin }: RelyingParty,
  challenge: string,
  answer: NewPasskeyAnswer,
): Promise<MadePasskey | undefined> => {
  const { verifyRegistrationResponse } = await library();
  const transports = answer.response.transports ?? [];
  try {
    const { verified, registrationInfo: made } = await verifyRegistrationResponse({
      response: {
        ...answer,
        response: { ...answer.response, transports: transports as Transports },
        clientExtensionResults: {},
      },
      expectedChallenge: Buffer.from(challenge).toString('base64url'),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return undefined;
    return {
      credentialId: made.credential.id,
      publicKey: Buffer.from(made.credential.publicKey).toString('base64url'),
      counter: made.credential.counter,
      transports,
      isSynced: made.credentialDeviceType === 'multiDevice',
      isBackedUp: made.credentialBackedUp,
    };
  } catch {
    return undefined;
  }
};

/**
 * The state of a passkey after it has signed this challenge; undefined where the answer is wrong or of another site. The counter is for the
 * caller to compare: one that goes back is an event of its own.
 */
export const answeredPasskey = async (
  { id, origin }: RelyingParty,
  challenge: string,
  {
    answer,
    passkey,
    verifiesUser,
  }: { readonly answer: PasskeyAnswer; readonly passkey: StoredPasskey; readonly verifiesUser: boolean },
): Promise<Pick<StoredPasskey, 'counter' | 'isSynced' | 'isBackedUp'> | undefined> => {
  const { verifyAuthenticationResponse } = await library();
  const { userHandle, ...response } = answer.response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...answer,
        response: { ...response, ...(userHandle && { userHandle }) },
        clientExtensionResults: {},
      },
      expectedChallenge: Buffer.from(challenge).toString('base64url'),
      expectedOrigin: origin,
      expectedRPID: id,
      credential: {
        ...described(passkey),
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: 0,
      },
      requireUserVerification: verifiesUser,
    });
    if (!verified) return undefined;
    return {
      counter: authenticationInfo.newCounter,
      isSynced: authenticationInfo.credentialDeviceType === 'multiDevice',
      isBackedUp: authenticationInfo.credentialBackedUp,
    };
  } catch {
    return undefined;
  }
};
