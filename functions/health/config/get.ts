import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { configView, FIRST_CONFIG, noSuchVersion, versionView, type Config, type ConfigVersion } from './config.ts';
import { differences, type Difference } from './diff.ts';
import type { ConfigStore } from './store.ts';

interface Deps {
  readonly store: Pick<ConfigStore, 'current' | 'byVersion' | 'versions'>;
}

/** The settings that hold now. */
export const getConfig = async ({ store }: Pick<Deps, 'store'>): Promise<Config> => configView(await store.current());

/** A version that held. Throws `config.not_found` for one that was never made. */
export const getConfigVersion = async (
  { store }: { readonly store: Pick<ConfigStore, 'byVersion'> },
  version: number,
): Promise<Config> => {
  if (version === 0) return FIRST_CONFIG;
  const stored = version > 0 ? await store.byVersion(version) : undefined;
  if (!stored) throw noSuchVersion();
  return configView(stored);
};

/** All versions that somebody made, newest first, without their settings. */
export const listConfigVersions = async ({ store }: Deps, page: PageRequest): Promise<Page<ConfigVersion>> => {
  const { items, next } = await store.versions(page);
  return { items: items.map(versionView), next };
};

export interface ConfigDiff {
  readonly from: number;
  readonly to: number;
  readonly changes: Difference[];
}

/** What changed from one version to another, or to what holds now. */
export const diffConfig = async (deps: Deps, from: number, to: number | undefined): Promise<ConfigDiff> => {
  const [before, after] = await Promise.all([
    getConfigVersion(deps, from),
    to === undefined ? getConfig(deps) : getConfigVersion(deps, to),
  ]);
  return { from, to: after.version, changes: differences(before.settings, after.settings) };
};
