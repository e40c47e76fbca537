import { spawn } from 'node:child_process';

/*
 * `npm test`: types, lint and format beside the tests, since a checker uses one core and there are two. What the tests write is
 * seen as they write it; a checker is heard when it is done. All run to their end, and one that fails fails the whole.
 */

const CHECKS = [
  ['tsc', '--noEmit'],
  ['eslint', '.'],
  ['prettier', '--check', '.', '--log-level', 'warn'],
] as const;

/** Runs a program of `node_modules/.bin`, which npm puts on the path. Resolves with whether it succeeded. */
const succeeds = (command: readonly string[], stdio: 'inherit' | 'pipe'): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const [program = '', ...parameters] = command;
    const child = spawn(program, parameters, { stdio: ['ignore', stdio, stdio] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (stdio === 'pipe') process.stderr.write(`${command.join(' ')}: ${code === 0 ? 'ok' : 'FAILED'}\n${output}`);
      resolve(code === 0);
    });
  });

const checked = async (): Promise<boolean> => {
  let ok = true;
  for (const check of CHECKS) ok = (await succeeds(check, 'pipe')) && ok;
  return ok;
};

const verdicts = await Promise.all([succeeds(['vitest', 'run', ...process.argv.slice(2)], 'inherit'), checked()]);
if (verdicts.includes(false)) {
  process.stderr.write('npm test failed\n');
  process.exit(1);
}
