import { PatternError, re2 } from '../../../shared/kernel/re2.ts';

/** This much of an answer is searched: the time that it takes grows with the size of the pattern times the text. */
export const MAX_MATCHED_CHARS = 32_768;
/** A thread with a bound of time carries it out, so it may be larger than where others wait for it. */
export const MAX_PATTERN_SIZE = 1_000;

/** Why a text is no pattern, or undefined. */
export const patternProblem = (source: string): string | undefined => {
  try {
    re2(source, MAX_PATTERN_SIZE);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
};

/** Whether the pattern (RE2, as the matchers of silences) matches somewhere in the first 32,768 characters. */
export const matchesIn = (source: string, text: string): boolean =>
  re2(source, MAX_PATTERN_SIZE).isIn(text.slice(0, MAX_MATCHED_CHARS));
