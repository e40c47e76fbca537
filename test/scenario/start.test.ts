import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { devAssembly } from '../support/dev-assembly.ts';
import type { Made } from '../support/made-once.ts';
import { eventually } from '../../operate/eventually.ts';
import { sampled } from '../support/runs.ts';
import { freePort } from '../support/tools/free-port.ts';
import { repository } from '../support/tools/paths.ts';

let assembly: Made;
const groups: number[] = [];

// Every run of this file finds this assembly in the cache.
beforeAll(async () => {
  assembly = await devAssembly();
});
afterAll(() => assembly.remove());
afterEach(() => {
  for (const group of groups.splice(0)) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // Nothing of it runs any more, as it should be.
    }
  }
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly isServing: () => Promise<boolean>;
}

/** Starts a run that stores nothing, in a process group of its own, and waits until it serves. */
const started = async (command: string, args: readonly string[]): Promise<Run> => {
  const port = await freePort();
  const child = spawn(command, [...args, '--memory', '--port', String(port)], {
    cwd: repository,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  groups.push(child.pid ?? 0);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part));
  const isServing = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/api/openapi.json`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually('it serves', { withinMs: 90_000 }, async () => expect(await isServing(), text).toBe(true));
  return { child, output: () => text, isServing };
};

const npm = (): Promise<Run> => started('npm', ['start', '--']);

/** `start.mjs` as a Node that is too old for the rest runs it: the rest is a child on the Node that npm installed. */
const launcher = (): Promise<Run> => {
  const older = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.0.0'})";
  return started(process.execPath, ['--import', older, 'local/start.mjs']);
};

const ends = (run: Run): Promise<void> =>
  eventually('it serves no more', { withinMs: 30_000 }, async () =>
    expect(await run.isServing(), run.output()).toBe(false),
  );

describe('npm start --memory', () => {
  test('reuses the assembly of an earlier run, and ends with npm by SIGTERM', async () => {
    const run = await npm();
    expect(run.output()).toContain('Nothing has changed since the last build');
    run.child.kill('SIGTERM');
    await ends(run);
    expect(run.output()).toContain('finishing what runs');
  }, 180_000);

  // npm cannot hand SIGKILL on.
  test.each(
    sampled([
      ['under an older Node ends with its launcher by SIGKILL', launcher, 'SIGKILL', 'finishing what runs'],
      ['under an older Node ends with its launcher by SIGINT', launcher, 'SIGINT', 'finishing what runs'],
      ['ends with npm by SIGKILL', npm, 'SIGKILL', 'Tocsin'],
    ] as const),
  )(
    '%s',
    async (_title, start, signal, output) => {
      const run = await start();
      run.child.kill(signal);
      await ends(run);
      // What it printed last may be read after it is gone.
      await expect.poll(run.output, { timeout: 10_000 }).toContain(output);
    },
    180_000,
  );
});
