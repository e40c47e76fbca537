import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { toolCache } from './paths.ts';

/**
 * The `bin` of a Python environment that holds these packages, each in one pinned version; made under `.cache/` on the first
 * call. Needs python3 with venv. An interrupted installation is repeated.
 */
export async function pythonTools(name: string, packages: readonly string[]): Promise<string> {
  const digest = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12);
  const home = join(toolCache, `python-${name}-${digest}`);
  const bin = join(home, 'bin');
  const installed = join(home, 'installed');
  if (existsSync(installed)) return bin;
  await mkdir(toolCache, { recursive: true });
  await rm(home, { recursive: true, force: true });
  const log = (step: string): string => join(toolCache, 'logs', `${name}-${step}.log`);
  await run('python3', ['-m', 'venv', home], { log: log('venv') });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  await run(join(bin, 'python3'), pip, { log: log('install'), timeoutMs: 300_000 });
  await writeFile(installed, packages.join('\n'));
  return bin;
}
