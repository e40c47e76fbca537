import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeTemporaryRoot } from '../support/tools/temporary-root.ts';
import { repository } from '../support/tools/paths.ts';

/** A run of its own in a temporary directory of its own: it makes a directory, prints it, and then ends or waits. */
const aRun = async (then: string, home: string) => {
  const code = `
    const { takeTemporaryRoot } = await import(${JSON.stringify(join(repository, 'test/support/tools/temporary-root.ts'))});
    const { mkdtempSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    takeTemporaryRoot();
    console.log(mkdtempSync(tmpdir() + '/left-behind-'));
    ${then}`;
  const { TOCSIN_TEMPORARY_ROOT: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: { ...env, TMPDIR: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [made] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, exited, made: made.trim() };
};

const WAITS = 'setInterval(() => undefined, 1_000);';
const aHome = (): string => mkdtempSync(join(tmpdir(), 'home-'));

test('everything temporary of this run of tests is in one directory, which goes with it', () => {
  expect(tmpdir()).toBe(takeTemporaryRoot());
  expect(tmpdir()).toMatch(/tocsin-run-\d+-\w+$/);
});

test.each([
  ['ends', '', undefined],
  ['fails', 'process.exit(3);', undefined],
  ['is terminated', WAITS, 'SIGTERM'],
  ['loses its terminal', WAITS, 'SIGHUP'],
] as const)('a run that %s leaves nothing behind', async (_how, then, signal) => {
  const home = aHome();
  const { child, exited, made } = await aRun(then, home);
  expect(made.startsWith(join(home, 'tocsin-run-'))).toBe(true);
  if (signal) child.kill(signal);
  await exited;
  expect(readdirSync(home)).toEqual([]);
});

test('what a killed run left behind goes with a later run, and what a living one uses stays', async () => {
  const home = aHome();
  const killed = await aRun(WAITS, home);
  killed.child.kill('SIGKILL');
  await killed.exited;
  expect(existsSync(killed.made)).toBe(true);
  const living = join(home, `tocsin-run-${process.pid}-living`);
  mkdirSync(living);
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const each of readdirSync(home)) utimesSync(join(home, each), longAgo, longAgo);
  const later = await aRun('', home);
  await later.exited;
  expect(readdirSync(home)).toEqual([`tocsin-run-${process.pid}-living`]);
});
