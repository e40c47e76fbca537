import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { StoredMonitor } from '../monitors/monitor.ts';
import type { KnownState } from '../monitors/state.ts';
import type { StoredRule } from '../rules/rule.ts';
import type { BudgetState } from '../sla/budget.ts';
import { BROKEN, BROKEN_INDEX, BUDGETS, MONITORS, MONITOR_STATES, RULES, RULE_STATES_PREFIX } from '../table.ts';
import type { Broken } from './overall.ts';
import type * as store from './store.ts';
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
  /** False where more is broken than was read; the oldest were. */
  readonly isComplete: boolean;
  readonly survey: Survey | undefined;
}

/** So many are read, the oldest first. */
const MAX_BROKEN = 1_000;

const SURVEY = { part: 'OVERVIEW', item: 'SURVEY' } as const;

const ownerOf = ({ part, item }: Listed) =>
  part.startsWith(RULE_STATES_PREFIX)
    ? { part: RULES, item: part.slice(RULE_STATES_PREFIX.length) }
    : { part: MONITORS, item };

type Owner = (StoredMonitor | StoredRule) & { readonly part: string };

const brokenOf = (each: Listed, owner: Owner | undefined): Broken[] => {
  if (!owner?.enabled) return [];
  const { id, name, service, severity, part } = owner;
  const isRule = part === RULES;
  const full = isRule && each.item !== 'all' ? `${name} (${each.item})` : name;
  const { brokenSince: since, reason } = each;
  return [{ kind: isRule ? 'rule' : 'monitor', id, name: full, service, severity, since, reason }];
};

/** Access patterns 1 and 2: two reads while no more than 99 things are broken, and one more for each further hundred. */
export const look = async (health: Table): Promise<Look> => {
  const { items: listed } = await health.queryOnce<Listed>(
    { index: BROKEN_INDEX, where: '#broken = :broken', values: { broken: BROKEN } },
    MAX_BROKEN + 1,
  );
  const items = listed.slice(0, MAX_BROKEN);
  const owned = new Map(items.map(ownerOf).map((key) => [`${key.part} ${key.item}`, key]));
  const read = await health.many<Owner | (Survey & { readonly part: string })>([SURVEY, ...owned.values()]);
  const survey = read.find(({ part }) => part === SURVEY.part) as Survey | undefined;
  const owners = new Map(read.filter((each) => 'id' in each).map((owner) => [`${owner.part} ${owner.id}`, owner]));
  return {
    broken: items.flatMap((each) => brokenOf(each, owners.get(`${ownerOf(each).part} ${ownerOf(each).item}`))),
    isComplete: listed.length <= MAX_BROKEN,
    survey,
  };
};

/** Access pattern 3. */
export const watched = async (
  health: Table,
): Promise<{ monitors: StoredMonitor[]; states: KnownState[]; budgets: BudgetState[] }> => {
  const all = <T>(part: string): Promise<T[]> => health.every({ where: '#part = :part', values: { part } });
  const [monitors, states, budgets] = await Promise.all([
    all<StoredMonitor>(MONITORS),
    all<KnownState>(MONITOR_STATES),
    all<BudgetState>(BUDGETS),
  ]);
  return { monitors, states, budgets };
};

export const saveSurvey = async (health: Table, survey: Survey): Promise<void> => {
  await health.put({ ...SURVEY, ...survey });
};

/** These functions, bound to the health table. */
export type OverviewStore = Bound<typeof store>;
