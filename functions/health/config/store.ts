import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { CONFIG } from '../table.ts';
import type { StoredConfig } from './config.ts';
import type * as store from './store.ts';

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

/** Access pattern 1. Undefined for a new installation. */
export const current = async (health: Table): Promise<StoredConfig | undefined> => {
  const { items } = await health.queryOnce<StoredConfig>({ ...newest, consistent: true }, 1);
  return items[0];
};

/** Access pattern 2. */
export const versions = (health: Table, page: PageRequest): Promise<Page<StoredConfig>> => health.page(newest, page);

/** Access pattern 3. */
export const byVersion = (health: Table, version: number): Promise<StoredConfig | undefined> =>
  health.get({ part: CONFIG, item: itemOf(version) }, { consistent: true });

/** Writes the next version. False where another request wrote it first. */
export const add = async (health: Table, next: StoredConfig): Promise<boolean> => {
  const { done } = await health.put(
    { ...next, part: CONFIG, item: itemOf(next.version) },
    { expression: 'attribute_not_exists(#part)' },
  );
  return done;
};

/** These functions, bound to the health table. */
export type ConfigStore = Bound<typeof store>;
