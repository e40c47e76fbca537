import { dynamoClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { configView } from '../config/config.ts';
import type { Settings } from '../config/settings.ts';
import { configStore } from '../config/store.ts';

/** What the verbs need that are about the configuration. */
export const configDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: configStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE),
}));

/** The settings as they are now. */
export const settings = async (): Promise<Settings> => configView(await configDeps().store.current()).settings;
