import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { groupExpiry, groupItem, groupKeyOf, isAt } from './group-item.ts';
import type * as store from './group-store.ts';
import type { Group } from './group.ts';

/*
 * Access patterns. The partitions GROUP#… belong to this room.
 *
 *  #  question                                            index      key
 *  3  the state of a group of alerts                      table      part = GROUP#rule#key, item = GROUP
 */

/** The functions of this file over a table. */
export type GroupStore = Bound<typeof store>;

/** Access pattern 3. */
export const byKey = (incidents: Table, ruleId: string, key: string): Promise<Group | undefined> =>
  incidents.get<Group>(groupKeyOf(ruleId, key), { consistent: true });

/** Several groups of a rule. One that was written a moment ago may be missing or old. */
export const byKeys = (incidents: Table, ruleId: string, keys: readonly string[]): Promise<Group[]> =>
  incidents.many<Group>(keys.map((key) => groupKeyOf(ruleId, key)));

/** Writes the next version of a group. False where the one that was read has changed in between. */
export const save = async (incidents: Table, next: Group): Promise<boolean> =>
  (await incidents.put(groupItem(next), isAt(next.version - 1))).done;

/** Notes that an alert of a later minute has arrived; at most one write a minute takes effect. */
export const noteMinute = async (incidents: Table, { ruleId, key }: Group, minute: number): Promise<void> => {
  await incidents.update({
    key: groupKeyOf(ruleId, key),
    set: { seenMinute: minute, ttl: groupExpiry(minute) },
    when: { expression: '#seenMinute < :minute', values: { minute } },
  });
};
