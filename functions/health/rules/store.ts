import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { BROKEN, RULE_KIND } from '../table.ts';
import type { Dimensions } from '../metrics/point.ts';
import { isFiring, type InstanceState } from './instance.ts';
import type { StoredRule } from './rule.ts';

/*
 * Access patterns. The partitions RULE and RULE#… belong to this room.
 *
 *  #  question                                               index   key
 *  1  rules, oldest first                                    table   part = RULE, item = id
 *  2  one rule                                               table   part = RULE, item = id
 *  3  what is known of the instances of a rule               table   part = RULE#STATE#id, item = instance
 */

const RULE = 'RULE';
const DAY_SECONDS = 86_400;
/** What is well is forgotten after this many days: hosts and pods come and go. */
const WELL_DAYS = 2;

/** An installation has at most this many rules: all are held against what comes in. */
export const MAX_RULES = 500;

export interface KnownInstance extends InstanceState {
  readonly rule: string;
  readonly instance: string;
  readonly dimensions: Dimensions;
  /** The condition and grouping that it was last judged by when it changed. */
  readonly judgedBy?: string;
  /** The version of the rule that it was last judged by when it changed. */
  readonly ruleVersion?: number;
}

export const ruleStore = (client: DynamoDBClient, tableName: string, retentionDays: number) => {
  const health = table(client, tableName);

  const create = async (rule: StoredRule): Promise<void> => {
    await health.put({ ...rule, part: RULE, item: rule.id }, { expression: 'attribute_not_exists(#part)' });
  };

  /** False where the rule is not at the version that was read. */
  const replace = async (rule: StoredRule): Promise<boolean> => {
    const { done } = await health.put(
      { ...rule, part: RULE, item: rule.id },
      { expression: '#version = :seen', values: { seen: rule.version - 1 } },
    );
    return done;
  };

  /** Its instances go with it, so that the stream tells their alerts that they are over. */
  const remove = async (rule: StoredRule, event: object, at: Date): Promise<void> => {
    await removeStates(rule.id);
    await health.transact([
      { delete: { part: RULE, item: rule.id } },
      {
        put: {
          part: `RULE#GONE#${rule.id}`,
          item: 'EVENT',
          event,
          ttl: Math.floor(at.getTime() / 1000) + retentionDays * DAY_SECONDS,
        },
      },
    ]);
    // What was judged meanwhile.
    await removeStates(rule.id);
  };

  const removeStates = async (id: string): Promise<void> => {
    for (const state of await states(id)) await removeState(state);
  };

  /** A rule that is gone has no instances, whatever a container writes that has not heard of it. */
  const removeState = async ({ rule, instance }: Pick<KnownInstance, 'rule' | 'instance'>): Promise<void> => {
    await health.remove({ part: `RULE#STATE#${rule}`, item: instance });
  };

  /** Access pattern 2. */
  const byId = (id: string): Promise<StoredRule | undefined> =>
    health.get({ part: RULE, item: id }, { consistent: true });

  /** Access pattern 1. */
  const list = (page: PageRequest): Promise<Page<StoredRule>> =>
    health.page({ where: '#part = :part', values: { part: RULE } }, page);
  const all = (): Promise<StoredRule[]> => health.every({ where: '#part = :part', values: { part: RULE } });

  /** Access pattern 3. */
  const states = (id: string): Promise<KnownInstance[]> =>
    health.every({ where: '#part = :part', values: { part: `RULE#STATE#${id}` }, consistent: true });

  /** Writes what is known of an instance, unless it changed since it was read. */
  const saveState = async (state: KnownInstance): Promise<boolean> => {
    const { done } = await health.put(
      {
        ...state,
        part: `RULE#STATE#${state.rule}`,
        item: state.instance,
        kind: RULE_KIND,
        broken: isFiring(state) ? BROKEN : undefined,
        brokenSince: isFiring(state) ? state.since : undefined,
        ttl: state.status === 'ok' ? Math.floor(Date.parse(state.since) / 1000) + WELL_DAYS * DAY_SECONDS : undefined,
      },
      state.version === 1
        ? { expression: 'attribute_not_exists(#part)' }
        : { expression: '#version = :seen', values: { seen: state.version - 1 } },
    );
    return done;
  };

  return { create, replace, remove, removeState, byId, list, all, states, saveState };
};

export type RuleStore = ReturnType<typeof ruleStore>;
