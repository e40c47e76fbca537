import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { DURATIONS, knownDurations } from './support/slowest-first.ts';
import { repository, toolCache } from './support/tools/paths.ts';

/*
 * `npm test`: types, lint and format beside the tests, since a checker uses one core and there are two. Tests report as they
 * run, a checker when it is done. All run to their end, and one that fails fails the whole. The last lines say how long it
 * took and which files took longest.
 *
 *   npm test -- test/unit        these tests alone; `npm run verify` is that for everything that needs no world around it, with
 *                                the rules that need types
 *   npm test -- --remember       write down how long each file took, so that the slowest begin first
 *   npm run test:long            long and rare tests (`*.long.test.ts`), and all runs of the properties that `npm test` samples
 */

/** With types `oxlint` applies two rules more, reports the errors of the compiler as well, and takes three times as long as `tsc`. */
const TYPES_OF_CONTRACT = ['node', 'web/generate.ts'] as const;
const TYPED_CHECKS = [TYPES_OF_CONTRACT, ['oxlint', '--type-aware', '--type-check', '.']] as const;
const UNTYPED_CHECKS = [
  TYPES_OF_CONTRACT,
  ['tsc', '--noEmit'],
  ['tsc', '--noEmit', '-p', 'web'],
  ['oxlint', '.'],
] as const;
const FORMAT_CHECK = ['oxfmt', '--check', '.'] as const;

const SHOWN = 10;
/** Shorter files are not written down: their order makes no difference. */
const WORTH_SECONDS = 2;

const REPORT = join(toolCache, 'tests.json');

const { values, positionals } = parseArgs({
  options: {
    remember: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    typed: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  strict: false,
});

/** Runs a program of `node_modules/.bin`, which npm puts on the path. Resolves with whether it succeeded. */
const succeeds = (command: readonly string[], stdio: 'inherit' | 'pipe'): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const [program = '', ...parameters] = command;
    const startedAt = performance.now();
    const child = spawn(program, parameters, { stdio: ['ignore', stdio, stdio] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    child.on('error', reject);
    child.on('close', (code) => {
      const verdict = code === 0 ? `ok after ${seconds(startedAt)}` : 'FAILED';
      if (stdio === 'pipe') process.stderr.write(`${command.slice(0, 2).join(' ')}: ${verdict}\n${output}`);
      resolve(code === 0);
    });
  });

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const checked = async (): Promise<boolean> => {
  let ok = true;
  // The long suite runs behind `npm test`, which makes them.
  if (values['long'] === true) return true;
  const checks = [...(values['typed'] === true ? TYPED_CHECKS : UNTYPED_CHECKS), FORMAT_CHECK];
  for (const check of checks) ok = (await succeeds(check, 'pipe')) && ok;
  return ok;
};

interface Report {
  readonly testResults: readonly { readonly name: string; readonly startTime: number; readonly endTime: number }[];
}

/** How long each file took in the run that has just ended, the slowest first. */
const durations = (): readonly (readonly [file: string, seconds: number])[] => {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
  } catch {
    return [];
  }
  return report.testResults
    .map(({ name, startTime, endTime }) => [relative(repository, name), (endTime - startTime) / 1000] as const)
    .sort(([, a], [, b]) => b - a);
};

const remember = (files: ReturnType<typeof durations>): void => {
  const measured = files.map(([file, took]) => [file, Math.round(took)] as const);
  const kept = Object.entries(knownDurations()).filter(
    ([file]) => existsSync(join(repository, file)) && !measured.some(([other]) => other === file),
  );
  const worth = [...kept, ...measured].filter(([, took]) => took >= WORTH_SECONDS).sort(([, a], [, b]) => b - a);
  writeFileSync(DURATIONS, `${JSON.stringify(Object.fromEntries(worth), null, 2)}\n`);
};

const startedAt = performance.now();
mkdirSync(toolCache, { recursive: true });
rmSync(REPORT, { force: true });
const long = values['long'] === true;
const name = long ? 'npm run test:long' : 'npm test';
const filters = positionals.map(String);
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const tests = ['vitest', 'run', ...(long ? ['--mode', 'long'] : []), ...reporters, ...filters];
const verdicts = await Promise.all([succeeds(tests, 'inherit'), long || checked()]);

const files = durations();
// A file that `npm test` samples has the duration of its sample.
if (values['remember'] === true) remember(long ? files.filter(([file]) => file.endsWith('.long.test.ts')) : files);
process.stderr.write(`\nThe slowest of ${files.length} files:\n`);
for (const [file, took] of files.slice(0, SHOWN)) process.stderr.write(`${took.toFixed(1).padStart(8)} s  ${file}\n`);
process.stderr.write(`${name} ${verdicts.includes(false) ? 'failed' : 'passed'} after ${seconds(startedAt)}\n`);
if (verdicts.includes(false)) process.exit(1);
