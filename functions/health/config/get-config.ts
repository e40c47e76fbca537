import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { configView, FIRST_CONFIG, noSuchVersion, versionView, type Config, type ConfigVersion } from './config.ts';
import { differences, type Difference } from './diff.ts';
import type { ConfigStore } from './store.ts';

interface Deps {
  readonly configs: Pick<ConfigStore, 'current' | 'byVersion' | 'versions'>;
}

/** The settings in force. */
export const getConfig = async ({ configs }: Pick<Deps, 'configs'>): Promise<Config> =>
  configView(await configs.current());

/** A version, with its settings. Throws `config.not_found` for one that was never made. */
export const getConfigVersion = async (
  { configs }: { readonly configs: Pick<ConfigStore, 'byVersion'> },
  { version }: { readonly version: number },
): Promise<Config> => {
  if (version === 0) return FIRST_CONFIG;
  const stored = version > 0 ? await configs.byVersion(version) : undefined;
  if (!stored) throw noSuchVersion();
  return configView(stored);
};

/** All versions that were made, newest first, without their settings. */
export const listConfigVersions = async ({ configs }: Deps, page: PageRequest): Promise<Page<ConfigVersion>> => {
  const { items, next } = await configs.versions(page);
  return { items: items.map(versionView), next };
};

export interface ConfigDiff {
  readonly from: number;
  readonly to: number;
  readonly changes: Difference[];
}

/** What changed from one version to another, or to the version in force. Throws `config.not_found`. */
export const diffConfig = async (
  deps: Deps,
  { from, to }: { readonly from: number; readonly to?: number | undefined },
): Promise<ConfigDiff> => {
  const [before, after] = await Promise.all([
    getConfigVersion(deps, { version: from }),
    to === undefined ? getConfig(deps) : getConfigVersion(deps, { version: to }),
  ]);
  return { from, to: after.version, changes: differences(before.settings, after.settings) };
};
