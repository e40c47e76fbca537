import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import type { StoredConfig } from './config.ts';

/*
 * Access patterns. The partition CONFIG belongs to this room.
 *
 *  #  question                                         index      key
 *  1  the configuration that holds now                 table      part = CONFIG, item = CURRENT
 */

const CONFIG = 'CONFIG';
const CURRENT = 'CURRENT';

export const configStore = (client: DynamoDBClient, tableName: string) => {
  const health = table(client, tableName);

  /** Access pattern 1. Undefined while nobody has set anything. */
  const current = (): Promise<StoredConfig | undefined> =>
    health.get<StoredConfig>({ part: CONFIG, item: CURRENT }, { consistent: true });

  /** Writes the next version where the one that was read still stands; false where another was faster. */
  const save = async (next: StoredConfig): Promise<boolean> => {
    const { done } = await health.put(
      { part: CONFIG, item: CURRENT, ...next },
      next.version === 1
        ? { expression: 'attribute_not_exists(#part)' }
        : { expression: '#version = :expected', values: { expected: next.version - 1 } },
    );
    return done;
  };

  return { current, save };
};

export type ConfigStore = ReturnType<typeof configStore>;
