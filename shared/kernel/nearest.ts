import { closest, distance } from 'fastest-levenshtein';

/** The name that somebody probably meant: the closest one, if at most a third of its letters differ, ignoring case. */
export const nearest = (typed: string, names: readonly string[]): string | undefined => {
  if (names.length === 0 || typed.length > MOST_CHARS) return undefined;
  const word = typed.toLowerCase();
  const lower = names.map((name) => name.toLowerCase());
  const best = closest(word, lower);
  const found = names[lower.indexOf(best)];
  return distance(word, best) <= Math.max(2, Math.ceil(best.length / 3)) ? found : undefined;
};

/** Longer texts are no names, and comparing them costs time. */
const MOST_CHARS = 128;
