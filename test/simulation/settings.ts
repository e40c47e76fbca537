import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { configView } from '../../functions/health/config/config.ts';
import { currentSettings } from '../../functions/health/config/current-settings.ts';
import { setConfig } from '../../functions/health/config/set-config.ts';
import { DEFAULT_SETTINGS, type Notifications, type Settings } from '../../functions/health/config/settings.ts';
import { HEALTH_TABLE_SHAPE } from '../../functions/health/table.ts';
import { fromImage } from '../../shared/aws/dynamo.ts';
import type { Request } from '../../shared/kernel/caller.ts';
import { healthStores } from '../support/health.ts';
import { clientOf, memoryDynamo } from './world/dynamo.ts';
import { dynamoIn } from './world/services.ts';
import type { Surroundings, World } from './world/world.ts';

const TABLE = 'configuration';

/** Settings that are in force from an instant on, in milliseconds of the world. */
interface InForce {
  readonly at: number;
  readonly settings: Settings;
}

/** The configuration of a simulated world: the verb, its store and the cache of its readers as they are deployed. */
export const simulatedSettings = async (world: World, first: Settings, request: Request) => {
  const inForce: InForce[] = [];
  const dynamo = memoryDynamo({
    onWrite: ({ after }) => {
      const stored = after && fromImage<{ readonly settings: Settings }>(after);
      if (stored) inForce.push({ at: world.now(), settings: stored.settings });
    },
  });
  dynamo.createTable(TABLE, HEALTH_TABLE_SHAPE);
  const configsOf = (client: DynamoDBClient) => healthStores({ client, tableName: TABLE }).configs;
  const calm = configsOf(clientOf((operation, input) => Promise.resolve(dynamo.execute(operation, input))));
  await setConfig({ clock: world.trueClock, configs: calm }, request, { version: 0, settings: first });

  const readerIn = (container: Surroundings) =>
    currentSettings({ configs: configsOf(dynamoIn(dynamo, container.call)), clock: container.clock });
  const api = world.deploy((container) => {
    const deps = { clock: container.clock, configs: configsOf(dynamoIn(dynamo, container.call)) };
    return async (changed: (present: Settings) => Settings): Promise<void> => {
      const { version, settings } = configView(await deps.configs.current());
      await setConfig(deps, request, { version, settings: changed(settings) });
    };
  });

  return {
    settingsIn: readerIn,
    /** As the port of the configuration answers. */
    notifyingIn: (container: Surroundings) => {
      const settings = readerIn(container);
      return async (): Promise<Notifications> => {
        try {
          return (await settings()).notifications;
        } catch {
          return DEFAULT_SETTINGS.notifications;
        }
      };
    },
    change: (changed: (present: Settings) => Settings) => api.invoke(changed),
    /** Every version that the table has taken, oldest first. */
    inForce: (): readonly InForce[] => inForce,
  };
};

export type SimulatedSettings = Awaited<ReturnType<typeof simulatedSettings>>;
