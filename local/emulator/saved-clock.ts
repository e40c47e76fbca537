import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MovableClock } from './clock.ts';

/**
 * How far the clock was moved outlives the run when its data does: what was stored in the moved future does not lie
 * in the future again. Without a file nothing is kept. The clock begins at least `aheadMs` ahead of the machine's.
 */
export function restoreClock(clock: MovableClock, file: string | undefined, aheadMs = 0): { save(): void } {
  const ahead = new Float64Array(clock.offset);
  let written = 0;
  if (file) {
    try {
      written = Number((JSON.parse(readFileSync(file, 'utf8')) as { aheadMs: number }).aheadMs) || 0;
      ahead[0] = written;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  ahead[0] = Math.max(ahead[0] ?? 0, aheadMs);
  return {
    save: () => {
      const now = ahead[0] ?? 0;
      if (!file || now === written) return;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.tmp`, JSON.stringify({ aheadMs: now }));
      renameSync(`${file}.tmp`, file);
      written = now;
    },
  };
}
