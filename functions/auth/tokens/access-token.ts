import { verify, type KeyObject } from 'node:crypto';

/** Media type of an access token in its header, RFC 9068 section 2.1. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
export const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_TOKEN_CHARS = 8192;

/** What an access token says. RFC 9068, with the session, the roles and the tier beside. */
export interface AccessClaims {
  readonly iss: string;
  readonly aud: string;
  /** User id. */
  readonly sub: string;
  readonly name: string;
  /** Session id. */
  readonly sid: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly nbf?: number;
  readonly roles: readonly string[];
  readonly tier: string;
  /** The user's epoch when the token was made. A later epoch makes it void, exactly and without a clock. */
  readonly epoch: number;
  /** The password must be changed before anything else. */
  readonly pwd?: true;
  /** The gateway knows the user's own key in this tier. */
  readonly meter?: true;
}

export interface Expectation {
  readonly issuer: string;
  readonly audience: string;
  readonly now: Date;
}

const HEADER_NAMES = new Set(['alg', 'kid', 'typ']);

/** Base64url has several spellings of the same bytes; only the one that an encoder makes is taken. */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

/**
 * The claims of an access token that is ours and holds now; undefined for every other text. RS256 and `at+jwt` alone
 * (RFC 8725 sections 3.1 and 3.11), the key by `kid` from our own set, no further header: `jku`, `jwk`, `x5u` and `crit`
 * are refused rather than ignored. With the algorithm, the type and the key all fixed, what remains of a JWT library is
 * one call of `verify`; a test holds this against `jose`. Rejects only when the key set cannot be had.
 */
export const verifyAccessToken = async (
  token: string,
  keyOf: (kid: string) => KeyObject | undefined | Promise<KeyObject | undefined>,
  expected: Expectation,
): Promise<AccessClaims | undefined> => {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  if (token.length > MAX_TOKEN_CHARS || more.length > 0 || ![head, body, signature].every(isCanonical))
    return undefined;
  const header = parsed(head);
  if (header?.['alg'] !== 'RS256' || header['typ'] !== ACCESS_TOKEN_TYPE) return undefined;
  const { kid } = header;
  if (typeof kid !== 'string' || !Object.keys(header).every((name) => HEADER_NAMES.has(name))) return undefined;
  const key = await keyOf(kid);
  if (!key || key.asymmetricKeyType !== 'rsa') return undefined;
  const signed = Buffer.from(`${head}.${body}`);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) return undefined;
  const claims = parsed(body);
  return claims && holds(claims, expected) ? claims : undefined;
};

const parsed = (part: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const holds = (
  claims: Record<string, unknown>,
  { issuer, audience, now }: Expectation,
): claims is AccessClaims & Record<string, unknown> => {
  const seconds = now.getTime() / 1000;
  const { iss, aud, exp, nbf, iat, sub, sid, epoch, roles } = claims;
  return (
    iss === issuer &&
    aud === audience &&
    typeof exp === 'number' &&
    exp > seconds - CLOCK_TOLERANCE_SECONDS &&
    typeof iat === 'number' &&
    iat <= seconds + CLOCK_TOLERANCE_SECONDS &&
    (nbf === undefined || (typeof nbf === 'number' && nbf <= seconds + CLOCK_TOLERANCE_SECONDS)) &&
    typeof sub === 'string' &&
    typeof sid === 'string' &&
    typeof epoch === 'number' &&
    Array.isArray(roles)
  );
};
