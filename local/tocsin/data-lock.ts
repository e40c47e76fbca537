import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that was killed holds its lock until the system has taken it apart. */
const patienceMs = 3_000;
const lookAgainMs = 25;

/**
 * Two runs on the same data would destroy it: rejects when another process that lives holds the directory. Released at the
 * end of this process. The lock of a dead process is taken over at once, also where its number was given to another.
 */
export async function lockDirectory(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'lock');
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      writeFileSync(file, `${process.pid} ${startOf(process.pid) ?? ''}`.trim(), { flag: 'wx' });
      process.on('exit', () => rmSync(file, { force: true }));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = read(file);
    const [pid = '', start] = owner.split(' ');
    if (owner !== '' && !isAlive(Number(pid), start)) {
      // Another run may have taken it over in the meantime.
      if (read(file) === owner) rmSync(file, { force: true });
    } else if (performance.now() > giveUpAt) {
      throw new Error(
        `${directory} is in use by process ${pid}. Stop it, or run with --memory or another TOCSIN_STAGE.`,
      );
    } else {
      await sleep(lookAgainMs);
    }
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether this very process runs: not one that was killed and waits for its parent, nor a later one of the same number. */
function isAlive(pid: number, start: string | undefined): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const found = statusOf(pid);
  if (!found) return true;
  return !['Z', 'X'].includes(found.state) && (start === undefined || found.start === start);
}

const startOf = (pid: number): string | undefined => statusOf(pid)?.start;

/** State and time of the start, in ticks since the machine started; undefined where the system does not say. */
function statusOf(pid: number): { readonly state: string; readonly start: string } | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The name of the program stands in parentheses and may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}
