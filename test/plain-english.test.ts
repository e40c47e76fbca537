import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from './support/tools/paths.ts';

/**
 * Words by which English reads as if it were translated, each with what to write instead. CONTRIBUTING.md has the rule:
 * subject first, the trade's verb, one fact a sentence.
 */
const REFUSED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bwhom?ever\b/i, 'name the person or thing: the caller, a user with the permission'],
  [/\b(?:is|are|be|been|was|were|being) told\b/i, 'notified, reported, or name what is sent'],
  [/\b(?:by|of) whom\b/i, 'start with the person'],
  [/\bto be had\b/i, 'available, exists'],
  [/\b(?:thereby|therewith|thereof|whereof|wherein)\b/i, 'two sentences'],
  [/\breckon(?:s|ed|ing)?\b/i, 'compute'],
  [/\bof which\b/i, 'two sentences'],
  [/\bwhat of\b/i, 'name the thing'],
  [/\banew\b/i, 'again'],
  [/\b(?:lies?|lay) (?:in|under|below|beside|behind)\b/i, 'is in'],
  [/\bat leisure\b/i, 'later'],
  [/\bgravestones?\b/i, 'tombstone'],
  [/\bbundles? of pages\b/i, 'digest'],
];

const faultsIn = (text: string): string[] =>
  text.split('\n').flatMap((line, index) =>
    REFUSED.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${index + 1}: “${found}”; instead: ${instead}`];
    }),
  );

const pages = globSync('{*.md,docs/**/*.md,local/**/*.md}', { cwd: repository });

test('pages for people are plain English', () => {
  const faults = pages.flatMap((page) =>
    faultsIn(readFileSync(join(repository, page), 'utf8')).map((fault) => `${page}:${fault}`),
  );
  expect(faults).toEqual([]);
});

test('an example of each fault is found, and its field word is not', () => {
  expect(faultsIn('Whoever is on call is told\nby whom, to be had\nreckoned at leisure')).toHaveLength(6);
  expect(faultsIn('The person on call is notified.\nEach tombstone is computed.')).toEqual([]);
});
