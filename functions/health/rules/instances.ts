import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Measured } from '../metrics/segment.ts';
import type { Dimensions } from '../metrics/point.ts';
import type { Observed } from './judge.ts';
import { needsOf, type StoredRule } from './rule.ts';
import { own } from '../../../shared/kernel/own.ts';

/** Instances of a rule that are judged. A rule that has more raises an alert that says so. */
export const MAX_INSTANCES = 1_000;

/** A longer name would not fit into the key of an alert. */
const MAX_KEY_BYTES = 300;

/** Names an instance: the values of the dimensions that the rule is grouped by. */
const instanceKey = (dimensions: Dimensions): string => {
  const text = Object.entries(dimensions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  if (Buffer.byteLength(text) <= MAX_KEY_BYTES) return text || 'all';
  return `${Buffer.from(text).toString('utf8', 0, MAX_KEY_BYTES - 40)}… ${sha256(text).slice(0, 16)}`;
};

const valueOf = (dimensions: Dimensions, name: string): string => own(dimensions, name) ?? '';

const dimensionsOf = ({ dimensions }: Measured, groupBy: readonly string[]): Dimensions =>
  Object.fromEntries(groupBy.map((name) => [name, valueOf(dimensions, name)]));

/** True where an instance is one of this grouping. */
export const isGroupedBy = (dimensions: Dimensions, groupBy: readonly string[]): boolean =>
  Object.keys(dimensions).length === groupBy.length && groupBy.every((name) => Object.hasOwn(dimensions, name));

/** The instances of a rule in what was observed, by their names; one of no dimensions where it is not grouped. */
export const instancesIn = (
  rule: Pick<StoredRule, 'condition' | 'groupBy'>,
  observed: Observed,
): ReadonlyMap<string, Dimensions> => {
  if (rule.groupBy.length === 0) return new Map([['all', {}]]);
  const found = new Map<string, Dimensions>();
  for (const metric of needsOf(rule.condition).keys()) {
    for (const each of observed(metric)) {
      const dimensions = dimensionsOf(each, rule.groupBy);
      found.set(instanceKey(dimensions), dimensions);
    }
  }
  return found;
};

/** What was observed of each instance of a rule; a metric is divided among them once. */
export const byInstance = (
  { groupBy }: Pick<StoredRule, 'groupBy'>,
  observed: Observed,
): ((dimensions: Dimensions) => Observed) => {
  const divided = new Map<string, ReadonlyMap<string, readonly Measured[]>>();
  const divide = (metric: string): ReadonlyMap<string, readonly Measured[]> => {
    const known = divided.get(metric) ?? Map.groupBy(observed(metric), (each) => valuesIn(each.dimensions, groupBy));
    divided.set(metric, known);
    return known;
  };
  return (dimensions) => (metric) => divide(metric).get(valuesIn(dimensions, groupBy)) ?? [];
};

const valuesIn = (dimensions: Dimensions, groupBy: readonly string[]): string =>
  JSON.stringify(groupBy.map((name) => valueOf(dimensions, name)));

/** What was observed of one instance. */
export const ofInstance =
  (observed: Observed, dimensions: Dimensions): Observed =>
  (metric) =>
    observed(metric).filter((each) =>
      Object.entries(dimensions).every(([name, value]) => valueOf(each.dimensions, name) === value),
    );
