import type { Condition, Item, Key, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { Group } from './group.ts';

/** A group is forgotten when nothing more can belong to it. */
const GROUP_DAYS = 3;
const DAY_SECONDS = 86_400;

export const groupKeyOf = (ruleId: string, key: string): Key => ({ part: `GROUP#${ruleId}#${key}`, item: 'GROUP' });

export const groupExpiry = (seenMinute: number): number => seenMinute * 60 + GROUP_DAYS * DAY_SECONDS;

export const groupItem = (group: Group): Item => ({
  ...group,
  ...groupKeyOf(group.ruleId, group.key),
  ttl: groupExpiry(group.seenMinute),
});

/** The item is at the version that was read, or absent where there was none. */
export const isAt = (version: number): Condition =>
  version === 0
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version } };

/** Part of a transaction: the next version of a group, after the one that was read. */
export const groupWrite = (next: Group): TransactWrite => ({ put: groupItem(next), when: isAt(next.version - 1) });

/** Part of a transaction: another group is as it was read, or still absent. */
export const groupCheck = (ruleId: string, key: string, seen: Group | undefined): TransactWrite => ({
  check: groupKeyOf(ruleId, key),
  when: isAt(seen?.version ?? 0),
});
