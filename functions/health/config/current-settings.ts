import type { Clock } from '../../../shared/kernel/clock.ts';
import { lastRead } from '../last-read.ts';
import { configView } from './config.ts';
import type { Settings } from './settings.ts';
import type { ConfigStore } from './store.ts';

/** Every container obeys a change of the configuration within this time. */
export const FRESH_MS = 30_000;

interface Deps {
  readonly configs: Pick<ConfigStore, 'current'>;
  readonly clock: Clock;
}

/** The settings as they were at most thirty seconds ago. While they cannot be read, the last known ones stay in force. */
export const currentSettings = ({ configs, clock }: Deps): (() => Promise<Settings>) =>
  lastRead({ clock, freshMs: FRESH_MS, read: async () => configView(await configs.current()).settings });
