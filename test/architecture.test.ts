import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const sources = globSync('{shared,functions,infra,local,test,bench}/**/*.ts', { cwd: root }).filter(
  (file) => !file.endsWith('.d.ts'),
);

/** Every import of a file: a path from the root for one of ours, the bare specifier for a package. */
const importsOf = (file: string): Import[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)';|^import\s+()'([^']+)';/gms);
  return [...statements].map(([, type, named, , bare]) => {
    const specifier = named ?? bare ?? '';
    const to = specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
    return { from: file, to, typeOnly: type !== undefined };
  });
};

const imports = sources.flatMap(importsOf);
const among = (pattern: RegExp): Import[] => imports.filter(({ from }) => pattern.test(from));
const told = ({ from, to }: Import): string => `${from} -> ${to}`;
const contextOf = (file: string): string | undefined => /^functions\/([^/]+)\//.exec(file)?.[1];
const isAws = (to: string): boolean => to.startsWith('@aws-sdk/') || to.startsWith('@aws-lambda-powertools/');

describe('the house', () => {
  test('is read whole: imports are found in every part of it', () => {
    for (const part of ['shared', 'functions', 'infra', 'local']) {
      expect(among(new RegExp(`^${part}/`)).length, part).toBeGreaterThan(20);
    }
  });

  test('the kernel imports nothing but the schema library, Node and small libraries of its own', () => {
    const allowed = /^(node:|zod|ulid$|re2js$|shared\/kernel\/)/;
    expect(
      among(/^shared\/kernel\//)
        .filter(({ to }) => !allowed.test(to))
        .map(told),
    ).toEqual([]);
  });

  test('the calendar imports nothing but the kernel, the schema library and Temporal', () => {
    const allowed = /^(zod|temporal-polyfill|shared\/(calendar|kernel)\/)/;
    expect(
      among(/^shared\/calendar\//)
        .filter(({ to }) => !allowed.test(to))
        .map(told),
    ).toEqual([]);
  });

  test('shared knows no context', () => {
    expect(
      among(/^shared\//)
        .filter(({ to }) => /^(functions|infra|local|test|bench)\//.test(to))
        .map(told),
    ).toEqual([]);
  });

  test('a context reaches into another only by its events and its port', () => {
    const trespasses = among(/^functions\//).filter(({ from, to }) => {
      const other = contextOf(to);
      return other !== undefined && other !== contextOf(from) && !/\/(events|port)\.ts$/.test(to);
    });
    expect(trespasses.map(told)).toEqual([]);
  });

  test('what infrastructure reads at synthesis imports no SDK', () => {
    const reached = new Set<string>();
    const follow = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const { to, typeOnly } of importsOf(file)) {
        if (typeOnly) continue;
        expect(isAws(to), `${file} -> ${to}`).toBe(false);
        if (sources.includes(to)) follow(to);
      }
    };
    for (const file of sources.filter((each) => /^functions\/[^/]+\/(routes|events)\.ts$/.test(each))) follow(file);
    expect(reached.size).toBeGreaterThan(5);
  });

  test('models do no IO: no SDK, no environment, no Node but for hashes', () => {
    const models = among(/^functions\/[^/]+\/([\w-]+\/)?(alert|user|role|api-key|policy)\.ts$/);
    expect(models.length).toBeGreaterThan(0);
    expect(
      models.filter(({ to, typeOnly }) => !typeOnly && (isAws(to) || /^shared\/aws\//.test(to))).map(told),
    ).toEqual([]);
  });

  test('functions and shared code are imported by those above them only: nobody imports local, test, bench or infra', () => {
    expect(
      among(/^(functions|shared)\//)
        .filter(({ to }) => /^(local|test|bench|infra)\//.test(to))
        .map(told),
    ).toEqual([]);
    expect(
      among(/^infra\//)
        .filter(({ to }) => /^(local|test|bench)\//.test(to) || isAws(to))
        .map(told),
    ).toEqual([]);
  });

  test('infrastructure reads surfaces, names and shapes, never handlers, verbs or stores', () => {
    const allowed = /\/((\w+-)?routes|events|indexes|table|permissions)\.ts$/;
    expect(
      among(/^infra\//)
        .filter(({ to }) => contextOf(to) !== undefined && !allowed.test(to))
        .map(told),
    ).toEqual([]);
  });

  test('only the kernel knows the time and only the register knows the environment', () => {
    const offenders = sources
      .filter((file) => /^(functions|shared)\//.test(file))
      .filter((file) => !['shared/kernel/clock.ts', 'shared/kernel/env.ts'].includes(file))
      .filter((file) => /new Date\(\)|Date\.now\(\)/.test(readFileSync(join(root, file), 'utf8')));
    expect(offenders).toEqual([]);
  });
});
