import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from './support/tools/paths.ts';

const directory = join(repository, 'docs/adr');
const decisions = globSync('[0-9]*.md', { cwd: directory })
  .sort()
  .map((file) => ({ file, text: readFileSync(join(directory, file), 'utf8') }));

/** Files that a text names between backticks, by their path from the root. */
const filesIn = (text: string): string[] =>
  [...text.matchAll(/`((?:test|infra|functions|shared|local|bench|docs)\/[\w./-]+|[\w.-]+\.(?:json|js))`/g)].map(
    ([, path = '']) => path,
  );

const suitesIn = (text: string): string[] =>
  [...text.matchAll(/`npm (?:run )?([\w:]+)`/g)].map(([, name = '']) => name);

const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

test('the index lists every decision, in order, by its title', () => {
  const index = readFileSync(join(directory, 'README.md'), 'utf8');
  const listed = [...index.matchAll(/^- \[(.+)\]\((.+)\)$/gm)].map(([, title, file]) => [title, file]);
  expect(listed).toEqual(decisions.map(({ file, text }) => [/^# (.+)$/m.exec(text)?.[1], file]));
});

test('no two decisions share a number, and each bears its own', () => {
  const numbers = decisions.map(({ file }) => Number(file.slice(0, 4)));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(decisions.map(({ text }) => Number(/^# (\d+)\. /.exec(text)?.[1]))).toEqual(numbers);
});

describe.each(decisions)('$file', ({ file, text }) => {
  const confirmation = text.split(/^## Confirmation$/m)[1] ?? '';

  test('says what it answers to, what was decided and what comes of it', () => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings.filter((heading) => heading !== 'Rejected')).toEqual([
      'Context',
      'Decision',
      'Consequences',
      'Confirmation',
    ]);
  });

  test('says what confirms it: a test, suite or rule that exists', () => {
    const files = filesIn(confirmation);
    const suites = suitesIn(confirmation);
    expect(files.length + suites.length, basename(file)).toBeGreaterThan(0);
    expect(files.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
    expect(suites.filter((name) => !(name in scripts))).toEqual([]);
  });
});
