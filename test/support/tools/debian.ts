import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { toolCache } from './paths.ts';

export interface DebianTools {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly amtool: string;
}

const packages = ['prometheus', 'prometheus-alertmanager'];
const root = join(toolCache, 'debian');

const tools: DebianTools = {
  prometheus: join(root, 'usr/bin/prometheus'),
  alertmanager: join(root, 'usr/bin/prometheus-alertmanager'),
  amtool: join(root, 'usr/bin/amtool'),
};

const installed: DebianTools = {
  prometheus: '/usr/bin/prometheus',
  alertmanager: '/usr/bin/prometheus-alertmanager',
  amtool: '/usr/bin/amtool',
};

const complete = (candidate: DebianTools): boolean => Object.values(candidate).every((path) => existsSync(path));

/**
 * Prometheus, Alertmanager and amtool as Debian packages them: what the machine has, what an earlier run fetched, or
 * packages fetched and unpacked under `.cache/` without being installed. Needs root only to refresh an empty package
 * list. Throws, saying what is missing, on a machine without apt.
 */
export async function debianTools(): Promise<DebianTools> {
  if (complete(tools)) return tools;
  if (complete(installed)) return installed;
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg')) {
    throw new Error(
      'Prometheus and Alertmanager are not here, and this machine has no apt to fetch them with: install them so that ' +
        Object.values(installed).join(', ') +
        ' exist',
    );
  }
  await mkdir(toolCache, { recursive: true });
  const downloads = await mkdtemp(join(toolCache, 'debian-'));
  try {
    // apt drops its rights while it downloads, and then needs to write here.
    await chmod(downloads, 0o777);
    await download(downloads);
    const unpacked = join(downloads, 'root');
    for (const name of (await readdir(downloads)).filter((file) => file.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(downloads, name), unpacked], { log: log('unpack') });
    }
    await rm(root, { recursive: true, force: true });
    await rename(unpacked, root);
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
  if (!complete(tools))
    throw new Error(`The packages ${packages.join(', ')} do not hold ${Object.values(tools).join(', ')}`);
  return tools;
}

async function download(directory: string): Promise<void> {
  const fetchPackages = (): Promise<string> =>
    run('apt-get', ['download', ...packages], { cwd: directory, log: log('download'), timeoutMs: 300_000 });
  try {
    await fetchPackages();
  } catch {
    // A machine image often ships without, or with an outdated, package list.
    await run('apt-get', ['update'], { log: log('update'), timeoutMs: 300_000 });
    await fetchPackages();
  }
}

const log = (step: string): string => join(toolCache, 'logs', `debian-${step}.log`);
