import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new empty directory that is there until this process ends, however it ends short of being killed. */
export function temporaryDirectory(purpose: string): string {
  if (made.length === 0) {
    process.once('exit', () => {
      for (const directory of made) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    });
  }
  const directory = mkdtempSync(join(tmpdir(), `tocsin-${purpose}-`));
  made.push(directory);
  return directory;
}
