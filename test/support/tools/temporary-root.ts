import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the directory in which everything temporary of one run is. */
const ROOT = 'TOCSIN_TEMPORARY_ROOT';
const NAME = /^tocsin-run-(\d+)-/;
/** A root is left alone for so long, because its process may be one that this one cannot see. */
const SWEPT_AFTER_MS = 3_600_000;

/**
 * Gives this run, and all that it starts, one directory for what is temporary: `TMPDIR`, which Node, Python, Go and Chromium read. It
 * goes with this process, also when a signal ends it. What a process that was killed left behind goes with a later run.
 */
export function takeTemporaryRoot(): string {
  const taken = process.env[ROOT];
  if (taken !== undefined) return taken;
  sweep();
  const root = mkdtempSync(join(tmpdir(), `tocsin-run-${process.pid}-`));
  process.env[ROOT] = root;
  process.env['TMPDIR'] = root;
  process.once('exit', () => remove(root));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  return root;
}

/** A process that still ends may write once more. */
const remove = (directory: string): void => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const sweep = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const root = join(tmpdir(), name);
    try {
      if (Date.now() - statSync(root).mtimeMs > SWEPT_AFTER_MS) remove(root);
    } catch {
      // Another run sweeps as well, or it belongs to somebody else.
    }
  }
};
