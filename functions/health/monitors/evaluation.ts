import { JSONPathEnvironment, type JSONValue } from 'json-p3';
import { re2 } from '../../../shared/kernel/re2.ts';
import { matchesIn, MAX_MATCHED_CHARS, MAX_PATTERN_SIZE } from './matches.ts';
import { scraped } from './scraped.ts';

/*
 * What is carried out on answers of others by expressions of others. It may take any time and any memory, so it runs in
 * a thread of its own (`../threads/evaluate.ts`), never where other checks wait.
 */

const MAX_DEPTH = 50;

const paths = new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH });

/** `search` and `match` of RFC 9535 by an engine that never goes back, where it takes the expression. */
for (const [name, how] of [
  ['search', 'isIn'],
  ['match', 'matches'],
] as const) {
  const standard = paths.functionRegister.get(name);
  if (!standard) continue;
  paths.functionRegister.set(name, {
    argTypes: standard.argTypes,
    returnType: standard.returnType,
    call: (text: unknown, source: unknown): unknown => {
      if (typeof text !== 'string' || typeof source !== 'string') return false;
      try {
        return re2(source, MAX_PATTERN_SIZE)[how](text);
      } catch {
        return standard.call(text, source);
      }
    },
  });
}

/** Why a path selects nothing in an answer; undefined where it selects something. */
const jsonProblem = (text: string, path: string): string | undefined => {
  let document: JSONValue;
  try {
    document = JSON.parse(text) as JSONValue;
  } catch {
    return 'the answer is no JSON';
  }
  try {
    return paths.match(path, document) === undefined ? `${path} selects nothing in the answer` : undefined;
  } catch (error) {
    return `${path} cannot be evaluated: ${(error as Error).message}`;
  }
};

/** Why a pattern matches nowhere in the part of an answer that is looked through; undefined where it does. */
const matchProblem = (text: string, source: string): string | undefined => {
  const isLonger = text.length > MAX_MATCHED_CHARS;
  return matchesIn(source, text)
    ? undefined
    : `nothing in the ${isLonger ? `first ${MAX_MATCHED_CHARS} characters of the ` : ''}answer matches ${source}`;
};

/** What a thread can evaluate. Arguments and answers are copied between threads. */
export const EVALUATIONS = { jsonProblem, matchProblem, scraped } as const;
export type Evaluations = typeof EVALUATIONS;

export interface Task {
  readonly name: keyof Evaluations;
  readonly args: readonly unknown[];
}

/** What a thread answers: that it is ready, or what a task came to. */
export type Answer = { readonly value: unknown } | { readonly error: string };
