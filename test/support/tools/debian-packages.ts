import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { toolCache } from './paths.ts';

/**
 * Fetches Debian packages and unpacks them, uninstalled, as the tree `into`, which is there as a whole or not at all. `choose`
 * tells which, once there are package lists. Needs root only to refresh an outdated or empty package list. Throws on a machine
 * without apt.
 */
export async function unpackPackages(
  into: string,
  name: string,
  choose: () => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg')) throw new Error('this machine has no apt');
  const log = (step: string): string => join(toolCache, 'logs', `${name}-${step}.log`);
  await mkdir(toolCache, { recursive: true });
  const downloads = await mkdtemp(join(toolCache, `${name}-`));
  const download = async (): Promise<string> =>
    run('apt-get', ['download', ...(await choose())], { cwd: downloads, log: log('download'), timeoutMs: 300_000 });
  try {
    // apt drops its rights while it downloads, and then needs to write here.
    await chmod(downloads, 0o777);
    try {
      await download();
    } catch {
      // A machine image often ships without, or with an outdated, package list.
      await run('apt-get', ['update'], { log: log('update'), timeoutMs: 300_000 });
      await download();
    }
    const unpacked = join(downloads, 'root');
    for (const file of (await readdir(downloads)).filter((each) => each.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(downloads, file), unpacked], { log: log('unpack') });
    }
    await rm(into, { recursive: true, force: true });
    await rename(unpacked, into);
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}
