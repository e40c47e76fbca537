import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { PART } from '../table.ts';
import type { StoredRouting } from './rule.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition ROUTING belongs to this room.
 *
 *  #  question                                               index   key
 *  1  the rules that hold now                                table   part = ROUTING, item = CURRENT
 */

const CURRENT = { part: PART.routing, item: 'CURRENT' } as const;

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
