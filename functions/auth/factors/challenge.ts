import { seal, unseal, type DataKeys } from '../../../shared/kernel/seal.ts';

/*
 * A challenge of WebAuthn is its own expiry, sealed for the purpose and the person it was made for. So making one stores nothing, also for
 * somebody who has not logged in, and nobody else can make one. Its nonce of 96 random bits makes each challenge another. That it counts
 * once is stored when it is used (`useChallenge`).
 */

const CHALLENGE_MS = 300_000;

/** What a challenge was made for. A login that begins with the passkey does not know yet who it is. */
export type ChallengeOwner =
  | 'login'
  | `login/${string}`
  | `proof/${string}/${string}`
  | `registration/${string}/${string}`;

/** A challenge that counts for five minutes. */
export const newChallenge = (keys: DataKeys, owner: ChallengeOwner, at: Date): string =>
  seal(keys, String(at.getTime() + CHALLENGE_MS), owner);

/** A challenge of ours that an answer of a browser names. */
export interface OpenedChallenge {
  readonly text: string;
  readonly expiresAt: Date;
}

/** Reads the challenge in the `clientDataJSON` of an answer. Undefined for one that Tocsin did not make, that was made for another purpose or person, or that has expired. */
export const openedChallenge = (
  keys: DataKeys,
  owner: ChallengeOwner,
  clientDataJSON: string,
  at: Date,
): OpenedChallenge | undefined => {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { challenge?: unknown };
    if (typeof challenge !== 'string') return undefined;
    const text = Buffer.from(challenge, 'base64url').toString();
    const expiresAt = new Date(Number(unseal(keys, text, owner)));
    return at < expiresAt ? { text, expiresAt } : undefined;
  } catch {
    return undefined;
  }
};
