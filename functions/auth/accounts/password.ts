import { commonPasswords } from './common-passwords.ts';

/** NIST SP 800-63B-4 section 3.1.1.2: 15 characters where a password is the only factor, 8 where it is one of two; at least 64 must be allowed. */
export const MIN_PASSWORD_CHARS = { alone: 15, besideFactor: 8 } as const;
export const MAX_PASSWORD_CHARS = 256;

export type PasswordUse = keyof typeof MIN_PASSWORD_CHARS;

/** Why a password is refused; undefined for an accepted one. */
export type PasswordRefusal = 'too_short' | 'too_long' | 'common' | 'predictable' | 'about_you';

/** The form in which passwords are compared and hashed: NFKC, as NIST SP 800-63B-4 asks, and nothing else changed. */
export const normalPassword = (password: string): string => password.normalize('NFKC');

/**
 * Checks a new password as NIST SP 800-63B-4 demands: its length in code points, and a block list of common and predictable
 * passwords and of names. There is no rule about kinds of characters.
 */
export const passwordRefusal = (
  password: string,
  names: readonly string[],
  use: PasswordUse = 'alone',
): PasswordRefusal | undefined => {
  const text = normalPassword(password);
  const length = [...text].length;
  if (length < MIN_PASSWORD_CHARS[use]) return 'too_short';
  if (length > MAX_PASSWORD_CHARS) return 'too_long';
  const lower = text.toLowerCase();
  if (isRepeated(lower) || isSequential(lower)) return 'predictable';
  if (isMadeOfCommon(lower)) return 'common';
  if (isAboutNames(lower, [...names, 'tocsin'])) return 'about_you';
  return undefined;
};

/** True for a password that is too short to be the only factor. */
export const isShortPassword = (password: string): boolean =>
  [...normalPassword(password)].length < MIN_PASSWORD_CHARS.alone;

/** Why a password is refused, for a person. */
export const refusalText = (refusal: PasswordRefusal, use: PasswordUse): string =>
  refusal === 'too_short'
    ? `Use at least ${MIN_PASSWORD_CHARS[use]} characters. A few unrelated words make a good password.`
    : REFUSAL_TEXT[refusal];

const REFUSAL_TEXT: Readonly<Record<Exclude<PasswordRefusal, 'too_short'>, string>> = {
  too_long: `Use at most ${MAX_PASSWORD_CHARS} characters.`,
  common: 'This password consists of common passwords, which attackers try first. Choose other words.',
  predictable: 'This password is a repetition or a sequence, which attackers try first. Choose other words.',
  about_you: 'This password is little more than the name of the account or the product. Choose other words.',
};

/** One unit of up to eight characters, over and over. */
const isRepeated = (text: string): boolean => /^(.{1,8}?)\1+.{0,7}$/su.test(text) && new Set(text).size <= 8;

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', '1234567890'];
const NEIGHBOURS = new Set(
  ROWS.flatMap((row) => [...row].slice(1).flatMap((key, i) => [`${row[i]}${key}`, `${key}${row[i]}`])),
);

/** At least four of five neighbouring characters follow on each other, in the alphabet, in counting or on the keyboard. */
const isSequential = (text: string): boolean => {
  const characters = [...text];
  const steps = characters.slice(1).filter((character, i) => {
    const before = characters[i] ?? '';
    const distance = (character.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0);
    return Math.abs(distance) <= 1 || NEIGHBOURS.has(before + character);
  });
  return steps.length >= 0.8 * (characters.length - 1);
};

const MAX_COMMON_PIECES = 3;

/** Digits and signs, in ASCII: what people put around a common password. */
const FILLER = /^[\x20-\x40[-`{-~]+$/;

/** At most three pieces, at least one a common password and the others runs of digits and signs; repeats count once. */
const isMadeOfCommon = (text: string): boolean => {
  const common = commonPasswords();
  const search = (rest: string, pieces: ReadonlySet<string>): boolean => {
    if (rest === '') return [...pieces].some((piece) => common.has(piece));
    for (let end = rest.length; end > 0; end--) {
      const piece = rest.slice(0, end);
      if (!common.has(piece) && !FILLER.test(piece)) continue;
      const used = new Set(pieces).add(piece);
      if (used.size <= MAX_COMMON_PIECES && search(rest.slice(end), used)) return true;
    }
    return false;
  };
  // A longer password contains something of its own.
  return text.length <= 64 && search(text, new Set());
};

/** Fewer than eight characters are left once the names are taken out. */
const isAboutNames = (text: string, names: readonly string[]): boolean => {
  const rest = names
    .map((name) => name.toLowerCase())
    .filter((name) => name.length >= 3)
    .reduce((left, name) => left.replaceAll(name, ''), text);
  return rest !== text && [...rest].length < 8;
};
