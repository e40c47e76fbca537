import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { toolCache } from './paths.ts';

/**
 * A folder whose `node_modules` hold these npm packages, each in one pinned version; made under `.cache/` on the first call.
 * Their install scripts do not run. An interrupted installation is repeated.
 */
export async function npmTools(name: string, packages: readonly string[]): Promise<string> {
  const digest = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12);
  const home = join(toolCache, `npm-${name}-${digest}`);
  const installed = join(home, 'installed');
  if (existsSync(installed)) return home;
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'package.json'), '{"private":true,"type":"module"}');
  const flags = ['install', '--no-audit', '--no-fund', '--save-exact', '--ignore-scripts', ...packages];
  await run('npm', flags, { cwd: home, log: join(toolCache, 'logs', `${name}-npm.log`), timeoutMs: 240_000 });
  await writeFile(installed, packages.join('\n'));
  return home;
}
