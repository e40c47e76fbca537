import { RE2JS } from 're2js';
import { PatternError, re2 } from '../../../shared/kernel/re2.ts';

const MAX_SIZE = 500;
const MOST_COMPILED = 500;
const compiled = new Map<string, RE2JS>();

/** Whether a regular expression finds something in a text. Throws `PatternError` as `capture` does. */
export const finds = (source: string, text: string): boolean => compile(source).matcher(text).find();

/**
 * What a regular expression takes of a text: its first group, or all that it finds where it has none; undefined where it finds
 * nothing. Throws `PatternError` for one that is invalid or too large.
 */
export const capture = (source: string, text: string): string | undefined => {
  const matcher = compile(source).matcher(text);
  if (!matcher.find()) return undefined;
  return (matcher.groupCount() > 0 ? matcher.group(1) : matcher.group()) ?? undefined;
};

/** Why a text is no regular expression that a mapping may have; undefined where it is one. */
export const patternProblem = (source: string): string | undefined => {
  try {
    compile(source);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
};

const compile = (source: string): RE2JS => {
  const known = compiled.get(source);
  if (known) return known;
  re2(source, MAX_SIZE);
  const made = RE2JS.compile(source);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(source, made);
  return made;
};
