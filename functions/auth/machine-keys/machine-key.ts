import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../../shared/kernel/caller.ts';

/*
 * A machine key is `tsk_<id><secret>`: 26 characters that name its item, and 43 that carry 256 bits. The item stores the SHA-256 of
 * the secret. The secret cannot be guessed, so it needs no slow hash.
 */

const FORM = /^tsk_([0-9a-z]{26})([\w-]{43})$/;

/** A well-formed key's parts, or undefined. Proves nothing. */
export const parseMachineKey = (text: string): { readonly id: string; readonly secret: string } | undefined => {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id && secret ? { id: `key_${id}`, secret } : undefined;
};

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** A new key for an id, and the hash to store. */
export const newMachineKey = (id: string): { readonly key: string; readonly hash: string } => {
  const secret = randomBytes(32).toString('base64url');
  return { key: `tsk_${id.slice(4)}${secret}`, hash: digest(secret) };
};

/** The attributes of a key that a check needs. */
export interface KeyFacts {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly permissions: readonly string[];
  readonly tier: string;
  readonly status: 'active' | 'revoked';
  readonly expiresAt: string | null;
  /** Absent where it may be used from everywhere. */
  readonly networks?: readonly string[];
  readonly lastUsedAt?: string | null;
  readonly usageTier?: string;
  readonly wantedTier?: string;
  readonly meteredIn?: string;
  readonly meteredSince?: string;
}

/** True for the secret of a key that is neither revoked nor expired. Takes the same time for every failure. */
export const isGoodKey = (facts: KeyFacts | undefined, secret: string, at: Date): facts is KeyFacts => {
  const expected = Buffer.from(facts?.hash ?? digest(''));
  const actual = Buffer.from(digest(secret));
  const matches = expected.length === actual.length && timingSafeEqual(expected, actual);
  return matches && facts?.status === 'active' && (facts.expiresAt === null || facts.expiresAt > at.toISOString());
};

export const callerBy = ({ id, name, permissions, tier, networks }: KeyFacts): Caller => ({
  kind: 'machine',
  id,
  name,
  sessionId: '',
  roles: [],
  permissions,
  tier,
  restricted: false,
  ...(networks && { networks }),
});

/** A use is noted when the last noted one is this old. */
const LAST_USE_SECONDS = 60;

export const isUseDue = ({ lastUsedAt }: KeyFacts, at: Date): boolean =>
  !lastUsedAt || at.getTime() - Date.parse(lastUsedAt) >= LAST_USE_SECONDS * 1000;
