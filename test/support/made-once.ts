import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Names a directory that the files of one run of tests share; set by `test/support/shared-assembly.ts`. */
export const SHARED_DIRECTORY = 'TOCSIN_TEST_SHARED';

/** A directory into which nothing may write any more, and how it is done away with. */
export interface Made {
  readonly directory: string;
  remove(): void;
}

/** A directory of this name that `make` fills, once for all files of a run of tests; outside of one, for the caller alone. */
export const madeOnce = async (name: string, make: (directory: string) => unknown): Promise<Made> => {
  const shared = process.env[SHARED_DIRECTORY];
  const home = shared ?? mkdtempSync(join(tmpdir(), 'tocsin-made-'));
  const directory = join(home, name);
  const lock = join(home, `${name}.lock`);
  // It appears as a whole, so a process that sees it may read it.
  while (!existsSync(directory)) {
    if (!taken(lock)) await sleep(100);
    else {
      const unfinished = join(home, `${name}.unfinished`);
      try {
        if (existsSync(directory)) continue;
        mkdirSync(unfinished);
        await make(unfinished);
        renameSync(unfinished, directory);
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
        rmSync(lock, { recursive: true });
      }
    }
  }
  return {
    directory,
    remove: () => (shared === undefined ? rmSync(home, { recursive: true, force: true }) : undefined),
  };
};

const taken = (lock: string): boolean => {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
};
