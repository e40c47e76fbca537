import type { webcrypto } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { newId } from '../../../shared/kernel/ids.ts';
import { ACCESS_TOKEN_TYPE, type AccessClaims } from './access-token.ts';
import { ownMeterIn, type Metered } from '../meters/metering.ts';
import type { StoredSession, StoredUser } from '../accounts/user.ts';

/** Signs access tokens by the key that is active now. */
export interface Signer {
  readonly kid: string;
  sign(claims: AccessClaims): Promise<string>;
}

/** Signs with RS256 (RFC 7518 section 3.3) and names the key in the header. */
export const rs256Signer = (kid: string, privateKey: webcrypto.CryptoKey): Signer => ({
  kid,
  sign: (claims) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid, typ: ACCESS_TOKEN_TYPE }).sign(privateKey),
});

export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
}

/** An access token for a session of a user, as RFC 9068 shapes it. */
export const mintAccessToken = (
  user: Pick<StoredUser, 'id' | 'username' | 'roles' | 'epoch' | 'passwordChangeRequired' | keyof Metered>,
  session: { readonly id: string } & Partial<Pick<StoredSession, 'provedAt' | 'methods'>>,
  signer: Signer,
  settings: TokenSettings,
  at: Date,
): Promise<string> => {
  // Whole seconds: readers that take an integer read no fraction.
  const iat = Math.floor(at.getTime() / 1000);
  const meter = ownMeterIn(user, at);
  const claims: AccessClaims = {
    iss: settings.issuer,
    aud: settings.audience,
    sub: user.id,
    name: user.username,
    sid: session.id,
    jti: newId('tok', at),
    iat,
    exp: iat + settings.accessTokenSeconds,
    roles: user.roles,
    tier: user.wantedTier,
    epoch: user.epoch,
    ...(user.passwordChangeRequired && { pwd: true }),
    ...(session.provedAt !== undefined && { auth_time: Math.floor(Date.parse(session.provedAt) / 1000) }),
    ...(session.methods && { amr: session.methods }),
    ...(meter !== undefined && { meter }),
  };
  return signer.sign(claims);
};
