import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table, type Condition, type Item, type Key, type TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { Group } from './group.ts';
import type { StoredRule } from './rule.ts';

/*
 * Access patterns. The partitions RULE and GROUP#… belong to this room.
 *
 *  #  question                                            index      key
 *  1  a rule by id                                        table      part = RULE, item = id
 *  2  all rules                                           table      part = RULE
 *  3  what a group of alerts has come to                  table      part = GROUP#rule#key, item = GROUP
 */

const RULE = 'RULE';
const GROUP = 'GROUP';
/** A group is forgotten when nothing more can belong to it. */
const GROUP_DAYS = 3;
const DAY_SECONDS = 86_400;

const bare = ({ part: _, item: _item, ...rule }: StoredRule & Key): StoredRule => rule;

const groupPart = (ruleId: string, key: string): string => `${GROUP}#${ruleId}#${key}`;

const asRead = (version: number): Condition =>
  version === 0
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version } };

export const ruleStore = (client: DynamoDBClient, tableName: string) => {
  const incidents = table(client, tableName);

  /** Access pattern 1. A deleted rule is answered as well, and says so. */
  const byId = async (id: string): Promise<StoredRule | undefined> => {
    const rule = await incidents.get<StoredRule & Key>({ part: RULE, item: id }, { consistent: true });
    return rule && bare(rule);
  };

  /** Access pattern 2. Deleted ones are among them. */
  const all = async (): Promise<StoredRule[]> =>
    (await incidents.every<StoredRule & Key>({ where: '#part = :part', values: { part: RULE }, consistent: true })).map(
      bare,
    );

  /** Writes the next version where the one that was read still stands; false where another was faster. */
  const save = async (next: StoredRule): Promise<boolean> =>
    (await incidents.put({ part: RULE, item: next.id, ...next }, asRead(next.version - 1))).done;

  /** Access pattern 3. */
  const group = (ruleId: string, key: string): Promise<Group | undefined> =>
    incidents.get<Group>({ part: groupPart(ruleId, key), item: GROUP }, { consistent: true });

  /** The same of several groups of a rule; one that was written a moment ago may be missing, or as it was. */
  const groups = (ruleId: string, keys: readonly string[]): Promise<Group[]> =>
    keys.length === 0
      ? Promise.resolve([])
      : incidents.many<Group>(keys.map((key) => ({ part: groupPart(ruleId, key), item: GROUP })));

  const groupItem = (group: Group): Item => ({
    ...group,
    part: groupPart(group.ruleId, group.key),
    item: GROUP,
    ttl: group.seenMinute * 60 + GROUP_DAYS * DAY_SECONDS,
  });

  /** Part of a transaction: a group's next version, on the one that was read. */
  const groupWrite = (next: Group): TransactWrite => ({ put: groupItem(next), when: asRead(next.version - 1) });

  /** Part of a transaction: other groups are as they were read, or still not there. */
  const groupCheck = (ruleId: string, key: string, seen: Group | undefined): TransactWrite => ({
    check: { part: groupPart(ruleId, key), item: GROUP },
    when: asRead(seen?.version ?? 0),
  });

  /** Writes a group's next version where the one that was read still stands. */
  const saveGroup = async (next: Group): Promise<boolean> =>
    (await incidents.put(groupItem(next), asRead(next.version - 1))).done;

  /** Says that an alert of a later minute has come; once a minute, whoever says so first. */
  const see = async ({ ruleId, key }: Group, minute: number): Promise<void> => {
    await incidents.update({
      key: { part: groupPart(ruleId, key), item: GROUP },
      set: { seenMinute: minute, ttl: minute * 60 + GROUP_DAYS * DAY_SECONDS },
      when: { expression: '#seenMinute < :minute', values: { minute } },
    });
  };

  return { byId, all, save, group, groups, groupWrite, groupCheck, saveGroup, see };
};

export type RuleStore = ReturnType<typeof ruleStore>;
