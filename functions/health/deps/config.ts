import { dynamoClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { currentSettings } from '../config/current-settings.ts';
import { configStore } from '../config/store.ts';

/** What the verbs need that are about the configuration. */
export const configDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: configStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE),
}));

/** The settings that hold, for all that goes by them. */
export const settings = /* @__PURE__ */ once(() => currentSettings(configDeps()));
