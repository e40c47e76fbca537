import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { functionPool, type FunctionPool } from '../../../local/emulator/lambda/pool.ts';
import { restOf, type Rest, type RestLimits } from '../../../local/emulator/lambda/rest.ts';

const SLEEPS = `
  let runs = 0;
  exports.handler = async ({ ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ++runs;
  };`;

let directory: string;
let pool: FunctionPool;
let rest: Rest;
let patienceMs = 20;
const functionNamed = (name: string): FunctionPool =>
  functionPool({
    settings: {
      name,
      arn: `arn:${name}`,
      directory,
      handler: 'index.handler',
      compiled: join(directory, 'compiled'),
      timeoutMs: 30_000,
      memoryMb: 128,
      reservedConcurrency: undefined,
      logGroup: 'log',
      logStream: 'log',
      variables: {},
    },
    env: () => ({}),
    clockOffset: new SharedArrayBuffer(8),
    maxEnvironments: 3,
    patienceMs: () => patienceMs,
    rest,
    onOutput: () => undefined,
  });
const open = (limits: Omit<RestLimits, 'places'>, places = 3): void => {
  rest = restOf({ places, ...limits });
  pool = functionNamed('sleeps');
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-pool-'));
  writeFileSync(join(directory, 'index.js'), SLEEPS);
});
afterEach(async () => {
  patienceMs = 20;
  await pool.stop();
  rest.stop();
  rmSync(directory, { recursive: true, force: true });
});

const burst = (): Promise<unknown> => Promise.all([1, 2, 3].map(() => pool.invoke('{"ms":300}')));

test('environments of a burst end when nobody needs them, and the last stays with what it has in memory', async () => {
  open({ spareMs: 1_000, lastMs: 600_000, sweepMs: 20 });
  await pool.invoke('{"ms":0}');
  await burst();
  expect(pool.environments).toBeGreaterThan(1);
  await expect.poll(() => pool.environments, { timeout: 30_000 }).toBe(1);
  expect(Number(await pool.invoke('{"ms":0}'))).toBeGreaterThan(1);
});

test('the last ends, too, when it has rested long enough, and the next invocation starts another', async () => {
  open({ spareMs: 50, lastMs: 100, sweepMs: 20 });
  await burst();
  await expect.poll(() => pool.environments, { timeout: 30_000 }).toBe(0);
  expect(await pool.invoke('{"ms":0}')).toBe('1');
});

test('one that is at work is never ended', async () => {
  open({ spareMs: 1, lastMs: 1, sweepMs: 5 });
  expect(await Promise.all([1, 2, 3].map(() => pool.invoke('{"ms":500}')))).toHaveLength(3);
});

test('where more functions rest than there are places, those that rested longest end and the others stay', async () => {
  open({ spareMs: 100, lastMs: 600_000, sweepMs: 20 }, 2);
  const pools = ['first', 'second', 'third', 'fourth'].map(functionNamed);
  for (const each of pools) await each.invoke('{"ms":0}');
  await expect.poll(() => pools.map((each) => each.environments), { timeout: 30_000 }).toEqual([0, 0, 1, 1]);
  expect(await pools[3]?.invoke('{"ms":0}')).toBe('2');
  expect(await pools[0]?.invoke('{"ms":0}')).toBe('1');
  await Promise.all(pools.map((each) => each.stop()));
});

test('while an environment starts, requests wait for it rather than for another', async () => {
  open({ spareMs: 600_000, lastMs: 600_000, sweepMs: 20 });
  await Promise.all([1, 2, 3].map(() => pool.invoke('{"ms":0}')));
  expect(pool.environments).toBeLessThan(3);
});

test('what an environment has compiled is kept after its first invocation, and taken up by the next; what does not fit is replaced', async () => {
  open({ spareMs: 1, lastMs: 1, sweepMs: 5 });
  const file = join(directory, 'compiled');
  /** The file after another environment has come and gone. */
  const next = async (): Promise<{ readonly inode: number; readonly bytes: number } | undefined> => {
    await pool.invoke('{"ms":0}');
    await expect.poll(() => pool.environments, { timeout: 30_000 }).toBe(0);
    const found = statSync(file, { throwIfNoEntry: false });
    return found && { inode: found.ino, bytes: found.size };
  };
  await expect.poll(next, { timeout: 30_000 }).toBeDefined();
  const kept = await next();
  expect(await next()).toEqual(kept);
  const ofAnother = 'what another version of V8 has compiled';
  writeFileSync(file, ofAnother);
  await expect.poll(next, { timeout: 30_000 }).not.toMatchObject({ bytes: ofAnother.length });
});

test('another environment is started for a burst that outlasts the patience, and for no shorter one', async () => {
  open({ spareMs: 600_000, lastMs: 600_000, sweepMs: 20 });
  patienceMs = 60_000;
  await burst();
  expect(pool.environments).toBe(1);
  patienceMs = 20;
  await burst();
  expect(pool.environments).toBeGreaterThan(1);
});
