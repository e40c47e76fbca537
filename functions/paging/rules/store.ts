import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { OWNER_PREFIX } from '../../../shared/contacts/contact.ts';
import type { StoredRules } from './notification-rules.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The items RULES in the partitions USER#… belong to this room.
 *
 *  #  question                                      index      key
 *  1  the notification rules of a user              table      part = USER#id, item = RULES
 */

const keyOf = (userId: string) => ({ part: OWNER_PREFIX + userId, item: 'RULES' });

export type RuleStore = Bound<typeof store>;

/** Access pattern 1. Undefined where the user has said nothing. */
export const of = (paging: Table, userId: string): Promise<StoredRules | undefined> =>
  paging.get<StoredRules>(keyOf(userId), { consistent: true });

/** Writes the next version if the one that was read is still current; false if another writer was faster. */
export const save = async (paging: Table, next: StoredRules): Promise<boolean> =>
  (
    await paging.put(
      { ...keyOf(next.userId), ...next },
      next.version === 1
        ? { expression: 'attribute_not_exists(#part)' }
        : { expression: '#version = :expected', values: { expected: next.version - 1 } },
    )
  ).done;

export const remove = async (paging: Table, userId: string): Promise<void> => {
  await paging.remove(keyOf(userId));
};
