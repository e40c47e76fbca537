import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { currentSettings } from './config/current-settings.ts';
import { DEFAULT_SETTINGS, type Notifications } from './config/settings.ts';
import * as configStore from './config/store.ts';
import { HEALTH_GRANTS } from './grants.ts';

/*
 * What other contexts may ask of the configuration: how people are notified. A function that asks is granted `Query` of the
 * partition of the configuration alone.
 */
export type { Notifications } from './config/settings.ts';

/**
 * The notification settings as they were at most thirty seconds ago. While they cannot be read, the last known ones stay in
 * force, or those that every installation begins with: people are still notified.
 */
export const notificationReader = /* @__PURE__ */ capability(HEALTH_GRANTS.config, () => {
  const settings = currentSettings({
    configs: bound(configStore, table(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE)),
    clock: systemClock,
  });
  return async (): Promise<Notifications> => {
    try {
      return (await settings()).notifications;
    } catch {
      return DEFAULT_SETTINGS.notifications;
    }
  };
});
