import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/*
 * A refresh token is `trt_<user><session>.<generation>.<family secret>.<secret>`, opaque to clients (RFC 6749 section 1.5).
 * It names its item, so a rotation is one conditional write and needs no index. The item stores SHA-256 hashes only.
 *
 * - The family secret stays the same for the life of the session. It proves that we issued an old token, so a made-up generation
 *   cannot end a session.
 * - The secret of the next generation is an HMAC of the used token, under a salt that is drawn at the rotation and stored in the
 *   item. So a client whose answer was lost gets the same next token again within the grace. The old token alone, or the table
 *   alone, is not enough to compute it.
 */

/**
 * How long the last used token gets the same answer again, for a client that never received it. It counts from the start of the
 * request that used the token. The gateway ends that request after 29 seconds, so the client has eleven more to retry.
 */
export const GRACE_SECONDS = 40;

export interface RefreshToken {
  readonly userId: string;
  readonly sessionId: string;
  readonly generation: number;
  /** The text that was parsed. */
  readonly text: string;
  readonly family: string;
}

/** The refresh tokens of a session, as they are stored. */
export interface RefreshState {
  readonly generation: number;
  /** SHA-256 of the family secret. */
  readonly family: string;
  /** SHA-256 of the valid token. */
  readonly hash: string;
  /** SHA-256 of the token before, for the grace. */
  readonly previousHash?: string;
  /** The salt that derived the valid token from the one before. */
  readonly salt?: string;
  readonly rotatedAt: string;
  /** When the valid token expires. */
  readonly expiresAt: string;
}

const FORM = /^trt_([0-9a-z]{26})([0-9a-z]{26})\.([0-9a-z]{1,8})\.([\w-]{22})\.([\w-]{43})$/;

/** A well-formed token's parts, or undefined. Proves nothing. */
export const parseRefreshToken = (text: string): RefreshToken | undefined => {
  const [, user, session, generation = '', family = ''] = FORM.exec(text) ?? [];
  if (!user || !session) return undefined;
  return {
    userId: `usr_${user}`,
    sessionId: `ses_${session}`,
    generation: Number.parseInt(generation, 36),
    family,
    text,
  };
};

const compose = (token: Pick<RefreshToken, 'userId' | 'sessionId' | 'generation' | 'family'>, secret: string): string =>
  `trt_${token.userId.slice(4)}${token.sessionId.slice(4)}.${token.generation.toString(36)}.${token.family}.${secret}`;

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

const equal = (left: string, right: string | undefined): boolean =>
  right !== undefined && left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

const inSeconds = (at: Date, seconds: number): string => new Date(at.getTime() + seconds * 1000).toISOString();

/** The first token of a session, and the state that the session stores. */
export const firstRefreshToken = (
  of: { readonly userId: string; readonly sessionId: string },
  at: Date,
  lifetimeSeconds: number,
): { token: string; state: RefreshState } => {
  const family = randomBytes(16).toString('base64url');
  const token = compose({ ...of, generation: 1, family }, randomBytes(32).toString('base64url'));
  return {
    token,
    state: {
      generation: 1,
      family: digest(family),
      hash: digest(token),
      rotatedAt: at.toISOString(),
      expiresAt: inSeconds(at, lifetimeSeconds),
    },
  };
};

const successor = (used: RefreshToken, salt: string): string =>
  compose(
    { ...used, generation: used.generation + 1 },
    createHmac('sha256', salt).update(used.text).digest('base64url'),
  );

/** The rotation of a token as data: the state that the write demands, what it sets, and the token that then is good. */
export const rotationOf = (
  used: RefreshToken,
  at: Date,
  lifetimeSeconds: number,
): { token: string; expectedHash: string; set: Omit<RefreshState, 'family'> } => {
  const salt = randomBytes(16).toString('base64url');
  const token = successor(used, salt);
  const expectedHash = digest(used.text);
  return {
    token,
    expectedHash,
    set: {
      generation: used.generation + 1,
      hash: digest(token),
      previousHash: expectedHash,
      salt,
      rotatedAt: at.toISOString(),
      expiresAt: inSeconds(at, lifetimeSeconds),
    },
  };
};

export type Misuse =
  /** The token was used a moment ago and the answer may have been lost: here is the same next token. */
  | { readonly kind: 'repeated'; readonly token: string }
  /** A token of this family that was used up before: somebody has a copy. The family ends. */
  | { readonly kind: 'reused' }
  /** Expired, or not of this family. */
  | { readonly kind: 'unknown' };

/**
 * Judges a token that is not the valid one of its session. RFC 9700 section 4.14.2: a used token is a sign of theft, and the active
 * one is revoked. The grace makes one exception: for forty seconds the last used token gets the same next token again. So there is
 * one line of generations, and when both callers continue, one of them presents a used token.
 */
export const misuseOf = (presented: RefreshToken, state: RefreshState, at: Date): Misuse => {
  if (!equal(digest(presented.family), state.family) || presented.generation > state.generation) {
    return { kind: 'unknown' };
  }
  const hash = digest(presented.text);
  if (presented.generation === state.generation) return { kind: 'unknown' };
  const graceEndsAt = Date.parse(state.rotatedAt) + GRACE_SECONDS * 1000;
  if (state.salt && equal(hash, state.previousHash) && at.getTime() <= graceEndsAt) {
    return { kind: 'repeated', token: successor(presented, state.salt) };
  }
  return { kind: 'reused' };
};
