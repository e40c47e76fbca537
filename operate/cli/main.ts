import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { systemClock } from '../../shared/kernel/clock.ts';
import type { Console } from './console.ts';
import { run } from './run.ts';

/** Asks on the terminal. What is secret is not shown as it is typed. */
const ask: Console['ask'] = async (question, { isSecret = false } = {}) => {
  if (!process.stdin.isTTY) return undefined;
  // Of an interface that shows nothing, the question would not be seen either.
  if (isSecret) process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: isSecret ? nowhere : process.stderr,
    terminal: true,
  });
  try {
    return await lines.question(isSecret ? '' : question);
  } finally {
    lines.close();
    if (isSecret) process.stderr.write('\n');
  }
};

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(
  {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
    isColoured: process.stdout.isTTY && !process.env['NO_COLOR'],
    now: () => systemClock.now(),
    ask,
  },
  process.argv.slice(2),
);
