import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { BROKEN, expiry, follows, RULE_KIND, RULES, RULE_STATES_PREFIX } from '../table.ts';
import type { Dimensions } from '../metrics/point.ts';
import { isFiring, type InstanceState } from './instance.ts';
import type { StoredRule } from './rule.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions RULE and RULE#… belong to this room.
 *
 *  #  question                                               index   key
 *  1  rules, oldest first                                    table   part = RULE, item = id
 *  2  one rule                                               table   part = RULE, item = id
 *  3  the states of the instances of a rule                  table   part = RULE#STATE#id, item = instance
 */

/** What is well is forgotten after this many days: hosts and pods come and go. */
const WELL_DAYS = 2;

const statesOf = (rule: string): string => `${RULE_STATES_PREFIX}${rule}`;

export interface KnownInstance extends InstanceState {
  readonly rule: string;
  readonly instance: string;
  readonly dimensions: Dimensions;
  /** The condition and grouping that it was last judged by when it changed. */
  readonly judgedBy?: string;
  /** The version of the rule that it was last judged by when it changed. */
  readonly ruleVersion?: number;
}

export const create = async (health: Table, rule: StoredRule): Promise<void> => {
  await health.put({ ...rule, part: RULES, item: rule.id }, { expression: 'attribute_not_exists(#part)' });
};

/** False where the rule is not at the version that was read. */
export const replace = async (health: Table, rule: StoredRule): Promise<boolean> => {
  const { done } = await health.put(
    { ...rule, part: RULES, item: rule.id },
    { expression: '#version = :seen', values: { seen: rule.version - 1 } },
  );
  return done;
};

/** Removes a rule with its instances, so that their alerts resolve. The event of the removal stays for `keepDays`. */
export const remove = async (
  health: Table,
  rule: StoredRule,
  event: object,
  at: Date,
  keepDays: number,
): Promise<void> => {
  await removeStates(health, rule.id);
  await health.transact([
    { delete: { part: RULES, item: rule.id } },
    {
      put: {
        part: `RULE#GONE#${rule.id}`,
        item: 'EVENT',
        event,
        ttl: expiry(at, keepDays),
      },
    },
  ]);
  // What was judged meanwhile.
  await removeStates(health, rule.id);
};

const removeStates = async (health: Table, id: string): Promise<void> => {
  for (const state of await states(health, id)) await removeState(health, state);
};

/** A rule that is gone has no instances, whatever a container writes that has not heard of it. */
export const removeState = async (
  health: Table,
  { rule, instance }: Pick<KnownInstance, 'rule' | 'instance'>,
): Promise<void> => {
  await health.remove({ part: statesOf(rule), item: instance });
};

/** Access pattern 2. */
export const byId = (health: Table, id: string): Promise<StoredRule | undefined> =>
  health.get({ part: RULES, item: id }, { consistent: true });

/** Access pattern 1. */
export const list = (health: Table, page: PageRequest): Promise<Page<StoredRule>> =>
  health.page({ where: '#part = :part', values: { part: RULES } }, page);
export const all = (health: Table): Promise<StoredRule[]> =>
  health.every({ where: '#part = :part', values: { part: RULES } });

/** Access pattern 3. */
export const states = (health: Table, id: string): Promise<KnownInstance[]> =>
  health.every({ where: '#part = :part', values: { part: statesOf(id) }, consistent: true });

/** Writes the state of an instance, unless it changed since it was read. */
export const saveState = async (health: Table, state: KnownInstance): Promise<boolean> => {
  const { done } = await health.put(
    {
      ...state,
      part: statesOf(state.rule),
      item: state.instance,
      kind: RULE_KIND,
      broken: isFiring(state) ? BROKEN : undefined,
      brokenSince: isFiring(state) ? state.since : undefined,
      ttl: state.status === 'ok' ? expiry(new Date(state.since), WELL_DAYS) : undefined,
    },
    follows(state.version),
  );
  return done;
};

/** These functions, bound to the health table. */
export type RuleStore = Bound<typeof store>;
