import type { Clock } from '../../../shared/kernel/clock.ts';
import { mintAccessToken, type TokenSettings } from '../tokens/mint.ts';
import type { SigningKeys } from '../tokens/signing-keys.ts';
import type { StoredUser } from './user.ts';

/** The answer of a login, in camel case: RFC 6749 section 5.1. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Lifetime of the access token in seconds. */
  readonly expiresIn: number;
  /** True when the tokens allow nothing but changing the password; absent otherwise. */
  readonly passwordChangeRequired?: true;
}

export interface IssueDeps {
  readonly clock: Clock;
  readonly keys: Pick<SigningKeys, 'signer'>;
  readonly tokens: TokenSettings & { readonly refreshTokenSeconds: number };
}

/** Issues an access token beside the refresh token of its session. */
export const issueTokens = async (
  { clock, keys, tokens }: IssueDeps,
  user: StoredUser,
  sessionId: string,
  refreshToken: string,
): Promise<TokenPair> => ({
  accessToken: await mintAccessToken(
    user,
    { id: sessionId, ...user.sessions[sessionId] },
    await keys.signer(),
    tokens,
    clock.now(),
  ),
  refreshToken,
  tokenType: 'Bearer',
  expiresIn: tokens.accessTokenSeconds,
  ...(user.passwordChangeRequired && { passwordChangeRequired: true }),
});
