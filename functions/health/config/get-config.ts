import { configView, type Config } from './config.ts';
import type { ConfigStore } from './store.ts';

/** The settings that hold now. */
export const getConfig = async ({ store }: { readonly store: Pick<ConfigStore, 'current'> }): Promise<Config> =>
  configView(await store.current());
