import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ABOUT, surface } from '../infra/surface.ts';
import { openApiDocument } from '../shared/http/openapi.ts';
import { repository } from './support/tools/paths.ts';

type Refused = readonly (readonly [pattern: RegExp, instead: string])[];

/**
 * Words by which English reads as if it were translated, each with what to write instead. CONTRIBUTING.md has the rule:
 * subject first, the trade's verb, one fact a sentence.
 */
const ANYWHERE: Refused = [
  [/\bwhom?ever\b/i, 'name the person or thing: the caller, a user with the permission'],
  [/\b(?:is|are|be|been|was|were|being) told\b/i, 'notified, reported, or name what is sent'],
  [/\b(?:by|of) whom\b/i, 'start with the person'],
  [/\bto be had\b/i, 'available, exists'],
  [/\bwhat of\b/i, 'name the thing'],
  [/\b(?:thereby|therewith|thereof|whereof|wherein)\b/i, 'two sentences'],
  [/\breckon(?:s|ed|ing)?\b/i, 'compute'],
  [/\banew\b/i, 'again'],
  [/\b(?:lies?|lay) (?:in|under|below|beside|behind)\b/i, 'is in'],
  [/\bat leisure\b/i, 'later'],
  [/\bgravestones?\b/i, 'tombstone'],
  [/\bbundles? of pages\b/i, 'digest'],
];

const IN_PROSE: Refused = [...ANYWHERE, [/\bof which\b/i, 'two sentences']];

const faultsIn = (text: string, refused: Refused): string[] =>
  text.split('\n').flatMap((line, index) =>
    refused.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`${index + 1}: “${found}”; instead: ${instead}`];
    }),
  );

const faultsOf = (files: readonly string[], refused: Refused): string[] =>
  files.flatMap((file) =>
    faultsIn(readFileSync(join(repository, file), 'utf8'), refused).map((fault) => `${file}:${fault}`),
  );

describe('plain English', () => {
  test('is on the pages for people', () => {
    const pages = globSync('{*.md,docs/**/*.md,functions/*/README.md,local/**/*.md,web/*.md}', { cwd: repository });
    expect(pages).toContain('README.md');
    expect(faultsOf(pages, IN_PROSE)).toEqual([]);
  });

  test('is in the texts of the contract', () => {
    const document = JSON.stringify(openApiDocument(surface(), ABOUT), null, 1);
    expect(faultsIn(document, IN_PROSE)).toEqual([]);
  });

  test('is in comments, messages and titles of tests', () => {
    const code = globSync(
      [
        '{bench,functions,infra,local,operate,shared}/**/*.ts',
        'web/src/**/*.{ts,tsx}',
        'test/{deploy,infra,scenario,support}/**/*.ts',
        'test/{unit,integration}/{alerts,audit,auth,aws,health,http,integrations,kernel,local-services,oncall,paging,status}/**/*.ts',
      ],
      { cwd: repository },
    );
    expect(code).toContain('shared/kernel/clock.ts');
    expect(faultsOf(code, ANYWHERE)).toEqual([]);
  });

  test('is found to be missing where an example breaks each rule, and not where a field word stands', () => {
    expect(faultsIn('Whoever is on call is told\nby whom, to be had\nreckoned anew at leisure', ANYWHERE)).toHaveLength(
      7,
    );
    expect(faultsIn('The person on call is notified.\nEach tombstone is computed.', IN_PROSE)).toEqual([]);
  });
});
