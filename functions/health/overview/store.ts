import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import type { StoredMonitor } from '../monitors/monitor.ts';
import type { StoredRule } from '../rules/rule.ts';
import { BROKEN_INDEX, BROKEN } from '../table.ts';
import type { Broken } from './overall.ts';

/*
 * Access patterns. This room reads what the others keep, and owns no partition.
 *
 *  #  question                                               index    key
 *  1  what is broken just now, oldest first                  broken   broken = BROKEN, brokenSince
 *  2  the monitors and rules that it belongs to              table    part = MONITOR or RULE, item = id
 */

interface Listed {
  readonly part: string;
  readonly item: string;
  readonly brokenSince: string;
  readonly reason: string;
}

/** So many are told; a hundred reasons are enough to know that all is on fire. */
export const MAX_BROKEN = 100;

const RULE_STATE = 'RULE#STATE#';

export const overviewStore = (client: DynamoDBClient, tableName: string) => {
  const health = table(client, tableName);

  /** Access patterns 1 and 2: two reads, whatever there is. */
  const broken = async (): Promise<Broken[]> => {
    const { items } = await health.page<Listed>(
      { index: BROKEN_INDEX, where: '#broken = :broken', values: { broken: BROKEN } },
      { limit: MAX_BROKEN },
    );
    if (items.length === 0) return [];
    const ownerOf = ({ part, item }: Listed) =>
      part.startsWith(RULE_STATE) ? { part: 'RULE', item: part.slice(RULE_STATE.length) } : { part: 'MONITOR', item };
    const keys = [...new Map(items.map((each) => [JSON.stringify(ownerOf(each)), ownerOf(each)])).values()];
    const owners = await health.many<(StoredMonitor | StoredRule) & { part: string }>(keys);
    const byKey = new Map(owners.map((owner) => [`${owner.part} ${owner.id}`, owner]));
    return items.flatMap((each): Broken[] => {
      const key = ownerOf(each);
      const owner = byKey.get(`${key.part} ${key.item}`);
      if (!owner?.enabled) return [];
      const { id, name, service, severity } = owner;
      const isRule = key.part === 'RULE';
      const full = isRule && each.item !== 'all' ? `${name} (${each.item})` : name;
      const { brokenSince: since, reason } = each;
      return [{ kind: isRule ? 'rule' : 'monitor', id, name: full, service, severity, since, reason }];
    });
  };

  return { broken };
};

export type OverviewStore = ReturnType<typeof overviewStore>;
