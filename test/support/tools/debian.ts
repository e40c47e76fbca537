import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { unpackPackages } from './debian-packages.ts';
import { toolCache } from './paths.ts';

/** A program and the arguments that come before the caller's. */
export type Command = readonly string[];

export interface DebianTools {
  readonly prometheus: Command;
  readonly alertmanager: Command;
  readonly amtool: Command;
  readonly nodeExporter: Command;
  readonly vmalert: Command;
}

const packages = ['prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter', 'victoria-metrics'];
const root = join(toolCache, 'debian');

const PROGRAMS = {
  prometheus: 'usr/bin/prometheus',
  alertmanager: 'usr/bin/prometheus-alertmanager',
  amtool: 'usr/bin/amtool',
  nodeExporter: 'usr/bin/prometheus-node-exporter',
  vmalert: 'usr/bin/vmalert',
} as const;

const programsUnder = (prefix: string): readonly string[] => Object.values(PROGRAMS).map((path) => join(prefix, path));

const complete = (prefix: string): boolean => programsUnder(prefix).every((path) => existsSync(path));

/**
 * Prometheus, Alertmanager, amtool, node_exporter and vmalert as Debian packages them: what the machine has, what an earlier run
 * fetched, or packages fetched and unpacked under `.cache/` without being installed. Needs root only to refresh an empty
 * package list, and on a machine that does not let it mount. Throws, saying what is missing, on a machine without apt.
 */
export async function debianTools(): Promise<DebianTools> {
  if (complete('/')) return toolsOf('/');
  if (!complete(root)) await unpack();
  return toolsOf(root);
}

async function unpack(): Promise<void> {
  try {
    await unpackPackages(root, 'debian', () => packages);
  } catch (error) {
    throw new Error(
      'Prometheus and Alertmanager are not here, and could not be fetched: install them so that ' +
        `${programsUnder('/').join(', ')} exist. ${String(error)}`,
      { cause: error },
    );
  }
  if (!complete(root)) throw new Error(`${packages.join(', ')} do not hold ${programsUnder(root).join(', ')}`);
}

async function toolsOf(prefix: string): Promise<DebianTools> {
  const at = (name: keyof typeof PROGRAMS): string => join(prefix, PROGRAMS[name]);
  return {
    prometheus: [at('prometheus')],
    alertmanager: [...(await withTemplates()), at('alertmanager')],
    amtool: [at('amtool')],
    nodeExporter: [at('nodeExporter')],
    vmalert: [at('vmalert')],
  };
}

/**
 * Debian's Alertmanager reads its templates from one absolute path. Where the package is only unpacked, it gets a view
 * of the file system in which they are there; where that is not allowed, as in many containers, root puts them there.
 */
async function withTemplates(): Promise<readonly string[]> {
  const templates = '/usr/share/prometheus/alertmanager';
  const marker = join(templates, 'default.tmpl');
  if (existsSync(marker)) return [];
  const asRoot = process.getuid?.() === 0;
  const script = 'mount --rbind "$0" /usr/share && exec "$@"';
  const args = ['--mount', ...(asRoot ? [] : ['--map-root-user']), 'sh', '-c', script, join(root, 'usr/share')];
  try {
    await run('unshare', [...args, 'test', '-f', marker], { log: log('view') });
    return ['unshare', ...args];
  } catch (error) {
    if (!asRoot) throw error;
    await cp(join(root, templates), templates, { recursive: true });
    return [];
  }
}

const log = (step: string): string => join(toolCache, 'logs', `debian-${step}.log`);
