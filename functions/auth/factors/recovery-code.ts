import { randomInt } from 'node:crypto';
import { sha256 } from '../../../shared/kernel/ids.ts';

/*
 * Recovery codes for a person whose phone is gone: ten, each for one login. A code has 80 bits, so its SHA-256 is stored, without salt and
 * without work.
 */

const CODES = 10;
/** Crockford's base32: 5 bits a character, and none that looks like another. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CHARS = 16;

/** Ten new codes as people write them down: `abcd-efgh-jkmn-pqrs`. */
export const newRecoveryCodes = (): readonly string[] =>
  Array.from({ length: CODES }, () =>
    Array.from({ length: CHARS }, () => ALPHABET[randomInt(ALPHABET.length)])
      .join('')
      .replace(/(.{4})(?=.)/g, '$1-'),
  );

/** The hash of a code as a person types it: in any case, with or without dashes and spaces. Undefined for what is no such code. */
export const recoveryHash = (typed: string): string | undefined => {
  const code = typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');
  return code.length === CHARS ? `r${sha256(code)}` : undefined;
};

/** The hashes of codes as a user's item stores them. */
export const recoveryHashes = (codes: readonly string[]): Readonly<Record<string, true>> =>
  Object.fromEntries(codes.map((code) => [recoveryHash(code) ?? '', true as const]));
