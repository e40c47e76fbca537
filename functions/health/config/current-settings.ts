import type { Clock } from '../../../shared/kernel/clock.ts';
import { configView } from './config.ts';
import type { Settings } from './settings.ts';
import type { ConfigStore } from './store.ts';

/** Every container obeys a change of the configuration within this time. */
export const FRESH_MS = 30_000;

/** The settings as they were at most thirty seconds ago. While they cannot be read, the last known ones stay in force. */
export const currentSettings = ({
  configs,
  clock,
}: {
  readonly configs: Pick<ConfigStore, 'current'>;
  readonly clock: Clock;
}) => {
  let known: { readonly at: number; readonly settings: Settings } | undefined;
  return async (): Promise<Settings> => {
    const now = clock.now().getTime();
    if (known && now >= known.at && now - known.at < FRESH_MS) return known.settings;
    try {
      known = { at: now, settings: configView(await configs.current()).settings };
    } catch (error) {
      if (!known) throw error;
    }
    return known.settings;
  };
};
