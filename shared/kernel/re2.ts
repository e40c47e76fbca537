import { RE2JS, RE2JSException } from 're2js';

/*
 * Regular expressions that users write. Syntax and meaning are those of RE2 (https://github.com/google/re2/wiki/Syntax), as
 * Go, Prometheus and Alertmanager have them. The time of a match grows with the size of the pattern times the length of the
 * text, so both are bounded: an expression of one user never costs another user's request.
 */

/** The pattern is invalid or too large. The message says what to change. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

export interface Pattern {
  /** True where the whole text matches. */
  matches(text: string): boolean;
  /** True where a part of the text matches. */
  isIn(text: string): boolean;
}

const MAX_CHARS = 4096;

/**
 * Compiles a pattern of at most `maxSize` instructions: about one for each character that it may match, so `a{100}` has a
 * hundred. Throws `PatternError`.
 */
export const re2 = (source: string, maxSize: number): Pattern => {
  if (source.length > MAX_CHARS) throw new PatternError(`the pattern is longer than ${MAX_CHARS} characters`);
  // Counted repetitions are written out before the compiler counts them.
  if (writtenOut(source) > 2 * maxSize + MAX_CHARS) throw tooLarge();
  const compiled = compile(source);
  if (compiled.programSize() > maxSize) throw tooLarge();
  return { matches: (text) => compiled.testExact(text), isIn: (text) => compiled.test(text) };
};

const tooLarge = () =>
  new PatternError('the pattern is too large: use fewer alternatives or smaller counted repetitions such as `{1,9}`');

const compile = (source: string): RE2JS => {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException) throw new PatternError(error.message);
    throw error;
  }
};

/**
 * About how many characters a pattern has once each counted repetition is written out. An estimate in one pass, which keeps
 * the compiler from writing out a million; only the compiler says what is valid.
 */
const writtenOut = (source: string): number => {
  const open: number[] = [];
  let total = 0;
  let last = 0;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === '{') {
      const end = source.indexOf('}', at);
      const times = end > at && end - at < 12 ? countIn(source.slice(at + 1, end)) : undefined;
      if (times !== undefined) {
        total += last * Math.max(times - 1, 0);
        last *= times;
        at = end;
        continue;
      }
    }
    if (char === '(') {
      open.push(total);
      continue;
    }
    if (char === ')') {
      last = total - (open.pop() ?? 0);
      continue;
    }
    if (char === '\\') at++;
    if (char === '[') at = Math.max(source.indexOf(']', at + 2), at);
    if (char === '*' || char === '+' || char === '?' || char === '|') continue;
    total++;
    last = 1;
  }
  return total;
};

/** The most that `n`, `n,` or `n,m` repeats. */
const countIn = (text: string): number | undefined => {
  const [least = '', most = least, ...more] = text.split(',');
  if (more.length > 0 || least === '' || !isNumber(least) || !isNumber(most)) return undefined;
  return Math.max(Number(least), Number(most));
};

const isNumber = (text: string): boolean => [...text].every((char) => char >= '0' && char <= '9');
