import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARED_DIRECTORY } from './made-once.ts';

/**
 * Gives the files of one run of tests a directory in which the first that needs an assembly leaves it for the others
 * (`made-once.ts`).
 */
export const setup = (): (() => void) => {
  // Another project of the same run has made it.
  if (process.env[SHARED_DIRECTORY] !== undefined) return () => undefined;
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-tests-'));
  process.env[SHARED_DIRECTORY] = directory;
  return () => rmSync(directory, { recursive: true, force: true });
};
