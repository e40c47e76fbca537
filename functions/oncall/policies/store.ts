import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { PART } from '../table.ts';
import type { StoredPolicy } from './policy.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partition POLICY belongs to this room.
 *
 *  #  question                          index      key
 *  1  a policy by id                    table      part = POLICY, item = id
 *  2  policies by id                    table      part = POLICY, item
 *  3  all policies, or whether any is   table      part = POLICY
 */

const { policy: POLICY } = PART;
const MOST_POLICIES = 10_000;
const A_FEW = 10;

export type PolicyStore = Bound<typeof store>;

/** Access pattern 1. A deleted policy is answered as well, and says so. */
export const byId = (oncall: Table, id: string): Promise<StoredPolicy | undefined> =>
  oncall.get<StoredPolicy>({ part: POLICY, item: id }, { consistent: true });

/** Access pattern 2. */
export const list = (oncall: Table, request: PageRequest): Promise<Page<StoredPolicy>> =>
  oncall.page<StoredPolicy>(
    { where: '#part = :part', filter: '#deleted = :no', values: { part: POLICY, no: false } },
    request,
  );

/** Access pattern 3. */
export const all = (oncall: Table): Promise<StoredPolicy[]> =>
  oncall.all<StoredPolicy>(
    { where: '#part = :part', filter: '#deleted = :no', values: { part: POLICY, no: false }, consistent: true },
    MOST_POLICIES,
  );

/** Access pattern 3, in one read: false only where there is no policy. */
export const mayHaveAny = async (oncall: Table): Promise<boolean> => {
  const { items, last } = await oncall.queryOnce(
    { where: '#part = :part', filter: '#deleted = :no', values: { part: POLICY, no: false }, consistent: true },
    A_FEW,
  );
  return items.length > 0 || last !== undefined;
};

/** Writes the next version if the one that was read is still current; false if another writer was faster. */
export const save = async (oncall: Table, next: StoredPolicy): Promise<boolean> => {
  const { done } = await oncall.put(
    { part: POLICY, item: next.id, ...next },
    next.version === 1
      ? { expression: 'attribute_not_exists(#part)' }
      : { expression: '#version = :expected', values: { expected: next.version - 1 } },
  );
  return done;
};
