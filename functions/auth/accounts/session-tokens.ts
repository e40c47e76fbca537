import type { Clock } from '../../../shared/kernel/clock.ts';
import { mintAccessToken, type TokenSettings } from '../tokens/mint.ts';
import type { SigningKeys } from '../tokens/signing-keys.ts';
import type { StoredUser } from './user.ts';

/** What a client gets to go on with: RFC 6749 section 5.1, in camel case. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly tokenType: 'Bearer';
  /** Seconds that the access token lives. */
  readonly expiresIn: number;
  /** There, and true, when the tokens serve for nothing but changing the password. */
  readonly passwordChangeRequired?: true;
}

export interface IssueDeps {
  readonly clock: Clock;
  readonly keys: Pick<SigningKeys, 'signer'>;
  readonly tokens: TokenSettings & { readonly refreshTokenSeconds: number };
}

/** A fresh access token beside the refresh token of its session. */
export const issue = async (
  { clock, keys, tokens }: IssueDeps,
  user: StoredUser,
  sessionId: string,
  refreshToken: string,
): Promise<TokenPair> => ({
  accessToken: await mintAccessToken(user, sessionId, await keys.signer(), tokens, clock.now()),
  refreshToken,
  tokenType: 'Bearer',
  expiresIn: tokens.accessTokenSeconds,
  ...(user.passwordChangeRequired && { passwordChangeRequired: true }),
});
