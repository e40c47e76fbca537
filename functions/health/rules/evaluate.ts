import { doAll } from '../../../shared/kernel/at-once.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { MINUTE_MS, type Measured } from '../metrics/segment.ts';
import { FRESH, isFiring, nextInstance } from './instance.ts';
import { instancesIn, ofInstance } from './instances.ts';
import { judge, type Observed } from './judge.ts';
import { needsOf, type StoredRule } from './rule.ts';
import type { KnownInstance, RuleStore } from './store.ts';

export interface EvaluateDeps {
  readonly store: Pick<RuleStore, 'states' | 'saveState'>;
  readonly reader: Pick<MetricReader, 'measured'>;
  readonly clock: Clock;
}

/** What was observed of each metric that rules need, read once for all of them. */
const observedFor = async (
  rules: readonly StoredRule[],
  reader: Pick<MetricReader, 'measured'>,
  at: Date,
): Promise<Observed> => {
  const needs = new Map<string, number>();
  for (const [metric, seconds] of rules.flatMap(({ condition }) => [...needsOf(condition)])) {
    needs.set(metric, Math.max(needs.get(metric) ?? 0, seconds));
  }
  const read = await Promise.all(
    [...needs].map(async ([metric, seconds]): Promise<[string, Measured[]]> => {
      // A rate needs the minute before the window.
      const from = new Date(at.getTime() - seconds * 1000 - 2 * MINUTE_MS);
      return [metric, await reader.measured(metric, from, at, 60)];
    }),
  );
  const found = new Map(read);
  return (metric) => found.get(metric) ?? [];
};

const RULES_AT_ONCE = 20;

/**
 * Holds rules against what was observed, and writes what changed; the table's stream then tells the alerts. Whoever
 * evaluates at the same moment writes the same or loses, so an alert opens once.
 */
export const evaluate = async (
  { store, reader, clock }: EvaluateDeps,
  rules: readonly StoredRule[],
): Promise<{ readonly judged: number; readonly changed: number }> => {
  const at = clock.now();
  const enabled = rules.filter((rule) => rule.enabled);
  const observed = await observedFor(enabled, reader, at);
  const results = await doAll(enabled, RULES_AT_ONCE, async (rule) => {
    let judged = 0;
    let changed = 0;
    const known = new Map((await store.states(rule.id)).map((state) => [state.instance, state]));
    const instances = new Map(instancesIn(rule, observed));
    for (const { instance, dimensions } of known.values()) instances.set(instance, dimensions);
    for (const [instance, dimensions] of instances) {
      const state: KnownInstance = known.get(instance) ?? { ...FRESH, rule: rule.id, instance, dimensions };
      const judgement = judge(rule.condition, ofInstance(observed, dimensions), at.getTime(), isFiring(state));
      const next = nextInstance(rule, state, judgement, at);
      judged++;
      if (next.version !== state.version && (await store.saveState({ ...state, ...next }))) changed++;
    }
    return { judged, changed };
  });
  const sum = (of: 'judged' | 'changed'): number => results.reduce((total, each) => total + each[of], 0);
  return { judged: sum('judged'), changed: sum('changed') };
};
