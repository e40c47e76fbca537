import { pattern, PatternError } from '../../../shared/kernel/pattern.ts';

/** As much of an answer is looked through: the time that it takes grows with pattern times text. */
export const MAX_MATCHED_CHARS = 32_768;

/** The pattern somewhere in a text, flags first. */
const anywhere = (source: string): ((text: string) => boolean) => {
  const flags = /^\(\?[is]+\)/.exec(source)?.[0] ?? '';
  return pattern(`${flags}(.|\\n)*(${source.slice(flags.length)})(.|\\n)*`);
};

/** Why a text is no pattern, or undefined. */
export const patternProblem = (source: string): string | undefined => {
  try {
    anywhere(source);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
};

/** Whether the pattern (RE2, as the matchers of silences) matches somewhere in the first 32,768 characters. */
export const matchesIn = (source: string, text: string): boolean => anywhere(source)(text.slice(0, MAX_MATCHED_CHARS));
