import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesise } from '../../local/synthesise.ts';

/** Names a directory that the files of one run of tests share; set by `test/support/shared-assembly.ts`. */
export const SHARED_DIRECTORY = 'TOCSIN_TEST_SHARED';

/** A synthesised assembly of the stage `dev`, and how it is done away with. Nothing may write into it. */
export interface DevAssembly {
  readonly directory: string;
  remove(): void;
}

/** Synthesises the application, once for all files of a run of tests; outside of one, for the caller alone. */
export const devAssembly = async (): Promise<DevAssembly> => {
  const shared = process.env[SHARED_DIRECTORY];
  const home = shared ?? mkdtempSync(join(tmpdir(), 'tocsin-assembly-'));
  const directory = join(home, 'cdk.out');
  // It appears as a whole, so whoever sees it may read it.
  while (!existsSync(directory)) {
    if (!taken(join(home, 'lock'))) await sleep(100);
    else {
      try {
        await synthesise({ root: resolve(import.meta.dirname, '../..'), stage: 'dev', outdir: directory });
      } finally {
        rmSync(join(home, 'lock'), { recursive: true });
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
