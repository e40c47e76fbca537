import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { toolCache } from './paths.ts';

const version = '1.5.33';
const home = join(toolCache, `ministack-${version}`);

/**
 * The interpreter of a Python environment that holds ministack, an independent emulator of AWS, in one pinned version;
 * made under `.cache/` on the first call. Needs python3 with venv. An interrupted installation is made anew.
 */
export async function ministackPython(): Promise<string> {
  const python = join(home, 'bin', 'python3');
  const installed = join(home, 'installed');
  if (existsSync(installed)) return python;
  await mkdir(toolCache, { recursive: true });
  await rm(home, { recursive: true, force: true });
  const log = (step: string): string => join(toolCache, 'logs', `ministack-${step}.log`);
  await run('python3', ['-m', 'venv', home], { log: log('venv') });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `ministack==${version}`];
  await run(python, pip, { log: log('install'), timeoutMs: 300_000 });
  await writeFile(installed, version);
  return python;
}
