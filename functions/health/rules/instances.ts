import type { Measured } from '../metrics/segment.ts';
import type { Dimensions } from '../metrics/point.ts';
import type { Observed } from './judge.ts';
import { needsOf, type StoredRule } from './rule.ts';

/** Instances that a rule may have; those beyond are not judged, and the first says so. */
const MAX_INSTANCES = 200;

/** Names an instance: the values of the dimensions that the rule is grouped by. */
const instanceKey = (dimensions: Dimensions): string =>
  Object.entries(dimensions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',') || 'all';

const valueOf = (dimensions: Dimensions, name: string): string =>
  Object.hasOwn(dimensions, name) ? (dimensions[name] ?? '') : '';

const dimensionsOf = ({ dimensions }: Measured, groupBy: readonly string[]): Dimensions =>
  Object.fromEntries(groupBy.map((name) => [name, valueOf(dimensions, name)]));

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
      if (found.size < MAX_INSTANCES) found.set(instanceKey(dimensions), dimensions);
    }
  }
  return found;
};

/** What was observed of one instance. */
export const ofInstance =
  (observed: Observed, dimensions: Dimensions): Observed =>
  (metric) =>
    observed(metric).filter((each) =>
      Object.entries(dimensions).every(([name, value]) => valueOf(each.dimensions, name) === value),
    );
