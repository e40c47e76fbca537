import { closest, distance } from 'fastest-levenshtein';

/**
 * The name that somebody probably meant, ignoring case: the only one that begins so, or the closest one, if at most a third of its
 * letters differ.
 */
export const nearest = (typed: string, names: readonly string[]): string | undefined => {
  if (names.length === 0 || typed.length > MOST_CHARS) return undefined;
  const word = typed.toLowerCase();
  const lower = names.map((name) => name.toLowerCase());
  const begun = lower.filter((name) => name.startsWith(word));
  if (word.length >= LEAST_CHARS && begun.length === 1) return names[lower.indexOf(begun[0] ?? '')];
  const best = closest(word, lower);
  return distance(word, best) <= Math.ceil(best.length / 3) ? names[lower.indexOf(best)] : undefined;
};

/** Longer texts are no names, and comparing them costs time. */
const MOST_CHARS = 128;

/** Fewer letters begin many a name. */
const LEAST_CHARS = 3;
