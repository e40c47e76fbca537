import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository } from './support/tools/paths.ts';

const pages = globSync('{*.md,docs/**/*.md,functions/*/README.md,local/**/*.md}', { cwd: repository }).filter(
  (file) => !file.includes('node_modules'),
);
const textOf = (file: string): string => readFileSync(join(repository, file), 'utf8');

/** The anchor that GitHub makes of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('the documentation', () => {
  test('is found: README, guides, decisions and the pages of the contexts', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/glossary.md', 'functions/alerts/README.md']));
  });

  test.each(pages)('%s links to pages and headings that exist', (page) => {
    const broken = [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
      ([, path = '', anchor]) => {
        const file = path === '' ? page : relative(repository, resolve(repository, dirname(page), path));
        if (globSync(file, { cwd: repository }).length === 0) return [`${path}: no such file`];
        return anchor !== undefined && !anchorsIn(file).includes(anchor) ? [`${path}#${anchor}: no such heading`] : [];
      },
    );
    expect(broken).toEqual([]);
  });

  test.each(pages)('%s names only files that exist', (page) => {
    const text = textOf(page);
    // A decision that another replaced speaks of files of its time.
    if (/^Superseded by /m.test(text)) return;
    const named = [...text.matchAll(/`((?:bench|docs|functions|infra|local|operate|shared|test)\/[\w./*-]+)`/g)].map(
      ([, file = '']) => file,
    );
    expect(named.filter((file) => globSync(file, { cwd: repository }).length === 0)).toEqual([]);
  });

  const numbered = (prefix: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  test.each([
    ['Bug reports of the field', numbered('', 74)],
    ['Attacks', [...numbered('F', 17), 'F1b', 'F18 hardening', 'F18 oracle', 'F18 dashboard', 'F18 lock-out']],
    ['Clients', numbered('', 61)],
    [
      'Reliability, and mutants',
      [...numbered('R', 11), ...'P02 P04 P05 P10 P13 P15 A08 A11 A14 I01 I08 I09'.split(' ')],
    ],
    [
      'Real AWS',
      'B1 B2 H1 H5 H6 H7 H8 H9 H11 H10 H13 H14 M1 M2 M3 M4 M5 M7 M8 M10 M12 M13 M14 M15 M16 M17 M18 M19 L1 L2 L3 L4 L6 L8 L11'.split(
        ' ',
      ),
    ],
  ])('the findings answer each row of "%s", by a test or a reason', (heading, rows) => {
    const section = textOf('docs/findings.md')
      .split(/^## /m)
      .find((each) => each.startsWith(`${heading}\n`));
    const answers = new Map(
      [...(section ?? '').matchAll(/^\| ([^|]+) \|[^|]+\|([^|]+)\|([^|]+)\|$/gm)].map(
        ([, row = '', answer = '', heldBy = '']) => [row.trim(), { answer: answer.trim(), heldBy: heldBy.trim() }],
      ),
    );
    expect(rows.filter((row) => (answers.get(row)?.answer ?? '') === '')).toEqual([]);
    expect(rows.filter((row) => !/^(reason|(`test\/[\w./-]+`(, )?)+)$/.test(answers.get(row)?.heldBy ?? ''))).toEqual(
      [],
    );
  });

  const pagesAndPipelines = [...pages, ...globSync('.github/**/*.yml', { cwd: repository })];
  test.each(pagesAndPipelines)('%s names only commands that exist', (page) => {
    const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    const named = [...textOf(page).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('the runbook names only functions that exist', () => {
    const entries = new Set(
      globSync('functions/*/{authorizer.ts,http/*.ts,reactors/*.ts,schedules/*.ts}', { cwd: repository }).map((file) =>
        file.replace(/^functions\/(\w+)\/(?:.*\/)?([\w-]+)\.ts$/, '$1-$2'),
      ),
    );
    const contexts = globSync('functions/*', { cwd: repository }).map((folder) => folder.split('/')[1]);
    const named = [...textOf('docs/runbook.md').matchAll(/`(\w+)-[\w-]+`/g)]
      .filter(([, context]) => contexts.includes(context))
      .map(([name]) => name.slice(1, -1));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !entries.has(name))).toEqual([]);
  });

  test('has one sentence for each word of the glossary', () => {
    const meanings = [...textOf('docs/glossary.md').matchAll(/^\| [^|]+ \| ((?!meaning)[^-|][^|]*?) +\|$/gm)].map(
      ([, meaning = '']) => meaning,
    );
    expect(meanings.length).toBeGreaterThan(80);
    expect(meanings.filter((meaning) => !meaning.endsWith('.') || /[.!?] \w/.test(meaning))).toEqual([]);
  });

  test('explains every word that the architecture page sets in italics', () => {
    const explained = new Set(
      [...textOf('docs/glossary.md').matchAll(/^\| ([a-z][\w -]*?) +\|/gm)].map(([, word]) => word),
    );
    const used = [...textOf('docs/architecture.md').matchAll(/(?<!\w)_([a-z][\w -]*)_(?!\w)/g)].map(
      ([, word = '']) => word,
    );
    const known = (word: string): boolean => [word, word.replace(/s$/, '')].some((form) => explained.has(form));
    expect(used.filter((word) => word !== 'italics' && !known(word))).toEqual([]);
    expect(used.length).toBeGreaterThan(8);
  });
});
