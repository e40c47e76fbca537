import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { CONFIG } from '../table.ts';
import type { StoredConfig } from './config.ts';

/*
 * Access patterns. The partition CONFIG belongs to this room.
 *
 *  #  question                                         index      key
 *  1  the configuration that holds now                 table      part = CONFIG, the last item
 *  2  all that ever held, newest first                 table      part = CONFIG, item = V#version
 *  3  one that held                                    table      part = CONFIG, item = V#version
 *
 * A version is an item that is written once, and the highest one holds. So a change is one conditional write, and of two
 * writers who make the same version one finds it taken.
 */

const itemOf = (version: number): string => `V#${String(version).padStart(8, '0')}`;
const newest = { where: '#part = :part', values: { part: CONFIG }, newestFirst: true } as const;

export const configStore = (client: DynamoDBClient, tableName: string) => {
  const health = table(client, tableName);

  /** Access pattern 1. Undefined while nobody has set anything. */
  const current = async (): Promise<StoredConfig | undefined> => {
    const { items } = await health.queryOnce<StoredConfig>({ ...newest, consistent: true }, 1);
    return items[0];
  };

  /** Access pattern 2. */
  const versions = (page: PageRequest): Promise<Page<StoredConfig>> => health.page(newest, page);

  /** Access pattern 3. */
  const byVersion = (version: number): Promise<StoredConfig | undefined> =>
    health.get({ part: CONFIG, item: itemOf(version) }, { consistent: true });

  /** Writes a version that follows one that is there; false where somebody else made it first. */
  const add = async (next: StoredConfig): Promise<boolean> => {
    const { done } = await health.put(
      { ...next, part: CONFIG, item: itemOf(next.version) },
      { expression: 'attribute_not_exists(#part)' },
    );
    return done;
  };

  return { current, versions, byVersion, add };
};

export type ConfigStore = ReturnType<typeof configStore>;
