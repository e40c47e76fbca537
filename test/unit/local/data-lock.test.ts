import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from '../../../local/tocsin/data-lock.ts';

const module = new URL('../../../local/tocsin/data-lock.ts', import.meta.url).href;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Another process that holds the directory until it is ended. */
const holder = async () => {
  const code = `
    const { lockDirectory } = await import(${JSON.stringify(module)});
    await lockDirectory(${JSON.stringify(directory)});
    console.log('locked');
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
};

describe('the lock of a data directory', () => {
  test('is refused while the process that holds it lives, by its number', async () => {
    const child = await holder();
    await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill('SIGKILL');
  });

  test('is taken over at once from a process that was killed, even before anybody has noticed its end', async () => {
    const child = await holder();
    child.kill('SIGKILL');
    await expect(lockDirectory(directory)).resolves.toBeUndefined();
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid}\\b`));
  });

  test('is taken over where the number of the dead process belongs to another by now', async () => {
    writeFileSync(join(directory, 'lock'), `${process.ppid} 1`);
    await expect(lockDirectory(directory)).resolves.toBeUndefined();
  });
});
