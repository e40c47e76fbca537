import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import type { StoredMonitor } from '../monitors/monitor.ts';
import type { KnownState } from '../monitors/state.ts';
import type { StoredRule } from '../rules/rule.ts';
import type { BudgetState } from '../sla/budget.ts';
import { BROKEN_INDEX, BROKEN } from '../table.ts';
import type { Broken } from './overall.ts';
import type { Survey } from './survey.ts';

/*
 * Access patterns. The partition OVERVIEW belongs to this room; all else it reads of what the others keep.
 *
 *  #  question                                               index    key
 *  1  what is broken just now, oldest first                  broken   broken = BROKEN, brokenSince
 *  2  the monitors and rules that it belongs to, and what    table    part = MONITOR or RULE, item = id;
 *     was counted last                                                part = OVERVIEW, item = SURVEY
 *  3  all that is watched, once a minute, to count it        table    part = MONITOR; part = MONITOR#STATE; part = BUDGET
 */

interface Listed {
  readonly part: string;
  readonly item: string;
  readonly brokenSince: string;
  readonly reason: string;
}

/** What is broken, and what was counted last. */
export interface Look {
  readonly broken: readonly Broken[];
  readonly survey: Survey | undefined;
}

/** So many are told: with the survey beside, as many items as DynamoDB reads at once. */
const MAX_BROKEN = 99;

const RULE_STATE = 'RULE#STATE#';
const SURVEY = { part: 'OVERVIEW', item: 'SURVEY' } as const;

const ownerOf = ({ part, item }: Listed) =>
  part.startsWith(RULE_STATE) ? { part: 'RULE', item: part.slice(RULE_STATE.length) } : { part: 'MONITOR', item };

type Owner = (StoredMonitor | StoredRule) & { readonly part: string };

const brokenOf = (each: Listed, owner: Owner | undefined): Broken[] => {
  if (!owner?.enabled) return [];
  const { id, name, service, severity, part } = owner;
  const isRule = part === 'RULE';
  const full = isRule && each.item !== 'all' ? `${name} (${each.item})` : name;
  const { brokenSince: since, reason } = each;
  return [{ kind: isRule ? 'rule' : 'monitor', id, name: full, service, severity, since, reason }];
};

export const overviewStore = (client: DynamoDBClient, tableName: string) => {
  const health = table(client, tableName);

  /** Access patterns 1 and 2: two reads, whatever there is. */
  const look = async (): Promise<Look> => {
    const { items } = await health.page<Listed>(
      { index: BROKEN_INDEX, where: '#broken = :broken', values: { broken: BROKEN } },
      { limit: MAX_BROKEN },
    );
    const keys = [...new Map(items.map(ownerOf).map((key) => [`${key.part} ${key.item}`, key])).values()];
    const read = await health.many<Owner | (Survey & { readonly part: string })>([SURVEY, ...keys]);
    const survey = read.find(({ part }) => part === SURVEY.part) as Survey | undefined;
    const owners = new Map(read.filter((each) => 'id' in each).map((owner) => [`${owner.part} ${owner.id}`, owner]));
    return {
      broken: items.flatMap((each) => brokenOf(each, owners.get(`${ownerOf(each).part} ${ownerOf(each).item}`))),
      survey,
    };
  };

  /** Access pattern 3. */
  const watched = async (): Promise<{ monitors: StoredMonitor[]; states: KnownState[]; budgets: BudgetState[] }> => {
    const all = <T>(part: string): Promise<T[]> => health.every({ where: '#part = :part', values: { part } });
    const [monitors, states, budgets] = await Promise.all([
      all<StoredMonitor>('MONITOR'),
      all<KnownState>('MONITOR#STATE'),
      all<BudgetState>('BUDGET'),
    ]);
    return { monitors, states, budgets };
  };

  const saveSurvey = async (survey: Survey): Promise<void> => {
    await health.put({ ...SURVEY, ...survey });
  };

  return { look, watched, saveSurvey };
};

export type OverviewStore = ReturnType<typeof overviewStore>;
