import { spawn } from 'node:child_process';

/** Checks the types of the backend and of the console side by side. */
const COMPILERS = [['--noEmit'], ['--noEmit', '-p', 'web']] as const;

const codes = await Promise.all(
  COMPILERS.map(
    (options) =>
      new Promise<number>((resolve) => {
        spawn('tsc', [...options], { stdio: 'inherit' }).on('close', (code) => resolve(code ?? 1));
      }),
  ),
);
process.exitCode = Math.max(...codes);
