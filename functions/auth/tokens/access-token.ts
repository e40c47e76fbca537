import type { JWTHeaderParameters, JWTVerifyGetKey } from 'jose';
import { JOSEError } from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';

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
  /** When the person last proved who they are, and how: OpenID Connect Core section 2, RFC 8176. */
  readonly auth_time?: number;
  readonly amr?: readonly string[];
  /** The id of the API whose gateway knew the user's own key in this tier. */
  readonly meter?: string;
}

export interface Expectation {
  readonly issuer: string;
  readonly audience: string;
  /** No token is made for longer. */
  readonly accessTokenSeconds: number;
  readonly now: Date;
}

const HEADER_NAMES: ReadonlySet<string> = new Set(['alg', 'kid', 'typ']);
const REQUIRED_CLAIMS = ['iss', 'aud', 'sub', 'sid', 'iat', 'exp', 'epoch', 'roles'];

/** Base64url has several spellings of the same bytes; only the one that an encoder makes is taken. */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

/**
 * The claims of an access token that we issued and that is valid now; undefined for every other text. RS256 and `at+jwt` only
 * (RFC 8725 sections 3.1 and 3.11), one spelling of each part, the key by `kid` from our own set, no further header:
 * `jku`, `jwk`, `x5u` and `crit` are refused rather than ignored. Rejects only when the key set cannot be read.
 */
export const verifyAccessToken = async (
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience, accessTokenSeconds, now }: Expectation,
): Promise<AccessClaims | undefined> => {
  if (token.length > MAX_TOKEN_CHARS || !token.split('.').every(isCanonical)) return undefined;
  try {
    const { payload, protectedHeader } = await jwtVerify<AccessClaims>(token, keys, {
      algorithms: ['RS256'],
      typ: ACCESS_TOKEN_TYPE,
      issuer,
      audience,
      maxTokenAge: accessTokenSeconds,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: REQUIRED_CLAIMS,
    });
    return hasOurHeader(protectedHeader) && hasOurShape(payload, audience) ? payload : undefined;
  } catch (error) {
    if (error instanceof JOSEError) return undefined;
    throw error;
  }
};

/** What the library leaves open: that a key is named, and nothing beyond. */
const hasOurHeader = (header: JWTHeaderParameters): boolean =>
  typeof header.kid === 'string' && Object.keys(header).every((name) => HEADER_NAMES.has(name));

/** What the library leaves open: of which type our own claims are, and that the audience is one. */
const hasOurShape = ({ aud, sub, sid, epoch, roles }: AccessClaims, audience: string): boolean =>
  aud === audience &&
  typeof sub === 'string' &&
  typeof sid === 'string' &&
  typeof epoch === 'number' &&
  Array.isArray(roles);
