import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { PART } from '../table.ts';
import type { StoredRouting } from './rule.ts';
import type { Unrouted } from './unrouted.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions ROUTING and UNROUTED belong to this room.
 *
 *  #  question                                               index   key
 *  1  the rules that hold now                                table   part = ROUTING, item = CURRENT
 *  2  unresolved alerts that fell to the catch-all           table   part = UNROUTED, item = alert id
 */

const CURRENT = { part: PART.routing, item: 'CURRENT' } as const;
const UNROUTED = PART.unrouted;

export type RoutingStore = Bound<typeof store>;

/** Access pattern 1. Undefined while nobody has set any. */
export const current = (
  oncall: Table,
  options: { readonly consistent?: boolean } = {},
): Promise<StoredRouting | undefined> => oncall.get<StoredRouting>(CURRENT, options);

/** Writes the next version if the one that was read is still current; false if another writer was faster. */
export const save = async (oncall: Table, next: StoredRouting): Promise<boolean> => {
  const { done } = await oncall.put(
    { ...CURRENT, ...next },
    next.version === 1
      ? { expression: 'attribute_not_exists(#part)' }
      : { expression: '#version = :expected', values: { expected: next.version - 1 } },
  );
  return done;
};

/** Access pattern 2, newest first: ids of alerts sort by time. */
export const unrouted = (oncall: Table, page: PageRequest): Promise<Page<Unrouted>> =>
  oncall.page({ where: '#part = :part', values: { part: UNROUTED }, newestFirst: true }, page);

export const addUnrouted = async (oncall: Table, unrouted: Unrouted): Promise<void> => {
  await oncall.put({ ...unrouted, part: UNROUTED, item: unrouted.alertId });
};

export const removeUnrouted = async (oncall: Table, alertId: string): Promise<void> => {
  await oncall.remove({ part: UNROUTED, item: alertId });
};
