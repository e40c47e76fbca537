import { mapLimit, settleLimit } from '../../../shared/kernel/map-limit.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { LOOKBACK_MS } from '../metrics/rollup.ts';
import type { Measured } from '../metrics/segment.ts';
import { blinded, BLIND, unblinded } from './blind.ts';
import { FRESH, isFiring, judgedAgain } from './instance.ts';
import { byInstance, instancesIn, isGroupedBy, MAX_INSTANCES } from './instances.ts';
import { judge, type Observed } from './judge.ts';
import { definitionOf, needsOf, type StoredRule } from './rule.ts';
import { retireInstances } from './retire.ts';
import type { KnownInstance, RuleStore } from './store.ts';

export interface EvaluateRulesDeps {
  readonly rules: Pick<RuleStore, 'states' | 'saveState'>;
  readonly reader: Pick<MetricReader, 'measured'>;
  readonly clock: Clock;
}

/** What came of the rules: instances that were judged, changes that were written, and rules that could not be judged. */
export interface Evaluated {
  readonly judged: number;
  readonly changed: number;
  readonly unjudged: readonly { readonly rule: string; readonly why: string }[];
}

interface Readings {
  readonly observed: Observed;
  /** Why a metric could not be read, by its name. */
  readonly failed: ReadonlyMap<string, unknown>;
}

const METRICS_AT_ONCE = 20;

/** What was observed of each metric that rules need, read once for all of them. A metric that cannot be read fails alone. */
const readingsFor = async (
  rules: readonly StoredRule[],
  reader: Pick<MetricReader, 'measured'>,
  at: Date,
): Promise<Readings> => {
  const needs = new Map<string, number>();
  for (const [metric, seconds] of rules.flatMap(({ condition }) => [...needsOf(condition)])) {
    needs.set(metric, Math.max(needs.get(metric) ?? 0, seconds));
  }
  const wanted = [...needs];
  const read = await settleLimit(wanted, METRICS_AT_ONCE, ([metric, seconds]) =>
    // Observations before the window show where counters stood at its start.
    reader.measured(metric, new Date(at.getTime() - seconds * 1000 - LOOKBACK_MS), at, 60),
  );
  const found = new Map<string, readonly Measured[]>();
  const failed = new Map<string, unknown>();
  for (const [i, [metric]] of wanted.entries()) {
    const outcome = read[i];
    if (outcome?.status === 'fulfilled') found.set(metric, outcome.value);
    else failed.set(metric, outcome?.reason);
  }
  return { observed: (metric) => found.get(metric) ?? [], failed };
};

const RULES_AT_ONCE = 20;

/**
 * Judges rules against the metrics and writes what changed. The table's stream then opens and resolves alerts. Two containers that
 * judge at the same moment write the same, or one loses, so an alert opens once. Alerts of a rule that was switched off or
 * grouped by other dimensions resolve. A rule that cannot be judged keeps no other from being judged, and raises an
 * alert of its own; throws only where that cannot be written either.
 */
export const evaluateRules = async (
  { rules: store, reader, clock }: EvaluateRulesDeps,
  rules: readonly StoredRule[],
): Promise<Evaluated> => {
  const at = clock.now();
  const readings = await readingsFor(
    rules.filter(({ enabled }) => enabled),
    reader,
    at,
  );
  const results = await mapLimit(rules, RULES_AT_ONCE, async (rule): Promise<Evaluated> => {
    try {
      return await judgeRule(store, rule, readings, at);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const known = (await store.states(rule.id)).find(({ instance }) => instance === BLIND);
      const changed = await saveIf(store, blinded(rule, known, why, at));
      return { judged: 0, changed, unjudged: [{ rule: rule.id, why }] };
    }
  });
  return {
    judged: results.reduce((sum, { judged }) => sum + judged, 0),
    changed: results.reduce((sum, { changed }) => sum + changed, 0),
    unjudged: results.flatMap(({ unjudged }) => unjudged),
  };
};

const saveIf = async (store: Pick<RuleStore, 'saveState'>, next: KnownInstance | undefined): Promise<number> =>
  next && (await store.saveState(next)) ? 1 : 0;

const judgeRule = async (
  store: EvaluateRulesDeps['rules'],
  rule: StoredRule,
  { observed, failed }: Readings,
  at: Date,
): Promise<Evaluated> => {
  const states = await store.states(rule.id);
  // This container has not heard of the latest change of the rule yet: one that has will judge it.
  if (states.some(({ ruleVersion = 0 }) => ruleVersion > rule.version)) return { judged: 0, changed: 0, unjudged: [] };
  let changed = await retireInstances(store, rule, states, at);
  if (!rule.enabled) return { judged: 0, changed, unjudged: [] };
  for (const metric of needsOf(rule.condition).keys()) {
    if (failed.has(metric)) throw new Error(`${metric} cannot be read`, { cause: failed.get(metric) });
  }
  const blind = states.find(({ instance }) => instance === BLIND);
  const mine = states.filter((state) => state !== blind && isGroupedBy(state.dimensions, rule.groupBy));
  const known = new Map(mine.map((state) => [state.instance, state]));
  const instances = new Map([
    ...mine.map(({ instance, dimensions }) => [instance, dimensions] as const),
    ...instancesIn(rule, observed),
  ]);
  const judgedBy = definitionOf(rule);
  const observedOf = byInstance(rule, observed);
  const judged = [...instances].slice(0, MAX_INSTANCES);
  for (const [instance, dimensions] of judged) {
    const fresh = { ...FRESH, begunAt: at.toISOString(), rule: rule.id, instance, dimensions };
    const state: KnownInstance = known.get(instance) ?? fresh;
    const isSame = state.judgedBy === undefined || state.judgedBy === judgedBy;
    const judgement = judge(rule.condition, observedOf(dimensions), at.getTime(), isSame && isFiring(state));
    const next = judgedAgain(rule, state, judgement, at, isSame);
    if (next.version !== state.version) {
      changed += await saveIf(store, { ...state, ...next, judgedBy, ruleVersion: rule.version });
    }
  }
  if (instances.size <= MAX_INSTANCES) {
    changed += await saveIf(store, unblinded(rule, blind, at));
    return { judged: judged.length, changed, unjudged: [] };
  }
  const why = `it has ${instances.size} instances, and those beyond ${MAX_INSTANCES} are not judged: group it by fewer values`;
  changed += await saveIf(store, blinded(rule, blind, why, at));
  return { judged: judged.length, changed, unjudged: [{ rule: rule.id, why }] };
};
