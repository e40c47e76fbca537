import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { eventually } from '../operate/eventually.ts';
import { run, start } from '../test/support/tools/child.ts';
import { freePort } from '../test/support/tools/free-port.ts';
import { repository, toolCache } from '../test/support/tools/paths.ts';
import { median, row, timed } from './measure.ts';

const NODE = join(repository, 'node_modules', '.bin', 'node');
/** What a clone does not have, and what `npm ci` puts there. */
const NOT_CLONED = new Set(['.git', '.tocsin', '.cache', 'cdk.out', 'coverage', 'node_modules', 'generated', 'dist']);
const WITHIN_MS = 300_000;

/** A clone whose dependencies are installed, and in which nothing was ever built. */
const aClone = (): string => {
  const clone = mkdtempSync(join(tmpdir(), 'tocsin-clone-'));
  cpSync(repository, clone, { recursive: true, filter: (path) => !NOT_CLONED.has(basename(path)) });
  for (const modules of ['node_modules', 'web/node_modules'])
    symlinkSync(join(repository, modules), join(clone, modules));
  return clone;
};

/** Seconds from the command until a browser has the sign-in with its first script. */
const signInAfter = async (clone: string): Promise<number> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = await start('start', NODE, ['local/start.mjs', '--port', String(port), '--quiet'], {
    cwd: clone,
    log: join(toolCache, 'logs', 'bench-start.log'),
    env: { TOCSIN_ADMIN_PASSWORD: 'a bell in the night' },
  });
  try {
    await eventually('the sign-in is there', { withinMs: WITHIN_MS, everyMs: 50 }, async () => {
      if (child.exitCode() !== undefined) throw new Error(`it ended: ${child.output()}`);
      const page = await (await fetch(url)).text();
      const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(page) ?? [];
      const answer = await fetch(new URL(script, url));
      if (script === '' || !answer.ok) throw new Error(`${url} has no script yet`);
      await answer.arrayBuffer();
    });
    return (performance.now() - begun) / 1_000;
  } finally {
    await child.stop();
  }
};

/** Milliseconds that this machine takes now to start a Node that loads the CDK, as each start does. */
const unitMs = async (): Promise<number> => {
  const took: number[] = [];
  for (let n = 0; n < 5; n++) {
    took.push(
      await timed(() =>
        run(NODE, ['-e', 'require("aws-cdk-lib")'], {
          cwd: repository,
          log: join(toolCache, 'logs', 'bench-unit.log'),
        }),
      ),
    );
  }
  return median(took);
};

/** What somebody waits for who has just cloned the repository: the first `npm start`, and later ones. */
export const startRows = async (): Promise<void> => {
  const clone = aClone();
  try {
    const unit = await unitMs();
    for (const [what, seconds, units] of [
      ['npm start to the sign-in, fresh clone', 60, 1_500],
      ['npm start to the sign-in, afterwards', 15, 300],
    ] as const) {
      const took = await signInAfter(clone);
      const gate = Math.max(seconds, (units * unit) / 1_000);
      const measured = `${took.toFixed(1)} s (CDK in ${(unit / 1_000).toFixed(2)} s)`;
      row(what, measured, `at most ${seconds} s`, took <= seconds, took <= gate);
    }
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
};
