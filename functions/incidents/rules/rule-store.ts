import type { Condition, Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { RULE_PART as RULE } from '../table.ts';
import type * as store from './rule-store.ts';
import type { StoredRule } from './rule.ts';

/*
 * Access patterns. The partition RULE belongs to this room.
 *
 *  #  question                                            index      key
 *  1  a rule by id                                        table      part = RULE, item = id
 *  2  all rules                                           table      part = RULE
 */

/** The functions of this file over a table. */
export type RuleStore = Bound<typeof store>;

const bare = ({ part: _, item: _item, ...rule }: StoredRule & Key): StoredRule => rule;

const isBefore = (version: number): Condition =>
  version === 1
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version - 1 } };

/** Access pattern 1. Also answers a deleted rule, marked as deleted. */
export const byId = async (incidents: Table, id: string): Promise<StoredRule | undefined> => {
  const rule = await incidents.get<StoredRule & Key>({ part: RULE, item: id }, { consistent: true });
  return rule && bare(rule);
};

/** Access pattern 2. Deleted rules are among them. */
export const list = async (incidents: Table): Promise<StoredRule[]> =>
  (await incidents.every<StoredRule & Key>({ where: '#part = :part', values: { part: RULE }, consistent: true })).map(
    bare,
  );

/** Writes the next version. False where the one that was read has changed in between. */
export const save = async (incidents: Table, next: StoredRule): Promise<boolean> =>
  (await incidents.put({ part: RULE, item: next.id, ...next }, isBefore(next.version))).done;
