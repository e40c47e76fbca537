import * as z from 'zod/mini';
import { AGGREGATIONS, figureOf, mergedAll, rateWithin, type Aggregation, type Rollup } from './rollup.ts';
import { MINUTE_MS } from '../units.ts';
import { hasDimensions, rolledUp, seriesKey, type Measured } from './segment.ts';
import type { Dimensions } from './point.ts';
import { own } from '../../../shared/kernel/own.ts';

/** A question about one metric over time. */
export interface MetricQuery {
  readonly name: string;
  /** Only series that have these values. */
  readonly dimensions?: Dimensions | undefined;
  readonly from: Date;
  readonly to: Date;
  readonly stepSeconds: number;
  readonly aggregation: Aggregation;
  /** One answer for each combination of values of these dimensions; one in all where none is named. */
  readonly groupBy?: readonly string[] | undefined;
}

/** The longest step that a query may send. */
export const MAX_STEP_SECONDS = 31 * 86_400;

/** An answer: a value for each step in which something was observed. */
export const Series = z
  .object({
    name: z.string(),
    unit: z.string(),
    dimensions: z.record(z.string(), z.string()),
    points: z.array(z.object({ at: z.iso.datetime(), value: z.number() })),
  })
  .register(z.globalRegistry, { id: 'MetricSeries' });
export type Series = z.infer<typeof Series>;

export const AggregationName = z.enum(AGGREGATIONS);

const groupOf = ({ dimensions }: Measured, groupBy: readonly string[]): Dimensions =>
  Object.fromEntries(groupBy.map((name) => [name, own(dimensions, name) ?? '']));

type Steps = Map<number, [Rollup, ...Rollup[]]>;

/**
 * Answers a query from measurements of its metric. Steps are counted from the epoch, so that the same step is the same in
 * every answer. The rate of a group is the sum of the rates of its series: counters are never added before.
 */
export const answer = (measured: readonly Measured[], query: MetricQuery): Series[] => {
  const { dimensions = {}, from, to, stepSeconds, aggregation, groupBy = [] } = query;
  const stepMs = stepSeconds * 1000;
  const groups = new Map<string, { readonly of: Dimensions; readonly unit: string; readonly measured: Measured[] }>();
  for (const each of measured) {
    if (each.name !== query.name || !hasDimensions(each, dimensions)) continue;
    const of = groupOf(each, groupBy);
    const key = JSON.stringify(of);
    const group = groups.get(key) ?? { of, unit: each.unit, measured: [] };
    groups.set(key, group);
    group.measured.push(each);
  }
  const within = (start: number): boolean => start + stepMs > from.getTime() && start <= to.getTime();
  return [...groups.values()]
    .map(({ of, unit, measured: mine }) => ({
      name: query.name,
      unit,
      dimensions: of,
      points: [...(aggregation === 'rate' ? rates(mine, stepMs, query) : figures(mine, stepMs, aggregation))]
        .filter(([start]) => within(start))
        .sort(([a], [b]) => a - b)
        .map(([start, value]) => ({ at: new Date(start).toISOString(), value })),
    }))
    .filter(({ points }) => points.length > 0);
};

const figures = (measured: readonly Measured[], stepMs: number, aggregation: Exclude<Aggregation, 'rate'>) => {
  const steps: Steps = new Map();
  for (const { start, rollup } of measured) {
    const step = start - (start % stepMs);
    const known = steps.get(step);
    if (known) known.push(rollup);
    else steps.set(step, [rollup]);
  }
  return [...steps].map(([step, rollups]) => [step, figureOf(mergedAll(rollups), aggregation)] as const);
};

/**
 * The rate of each step: of its part within the range, from the latest observation before it. Counters are compared from minute to
 * minute, so a reset within a step counts.
 */
const rates = (measured: readonly Measured[], stepMs: number, range: { from: Date; to: Date }): Map<number, number> => {
  const sums = new Map<number, number>();
  for (const one of Map.groupBy(rolledUp(measured, MINUTE_MS), seriesKey).values()) {
    const inOrder = one.sort((a, b) => a.start - b.start);
    const rollups = inOrder.map(({ rollup }) => rollup);
    const steps = Map.groupBy(inOrder.keys(), (i) => {
      const start = inOrder[i]?.start ?? 0;
      return start - (start % stepMs);
    });
    for (const [step, indexes] of steps) {
      const from = Math.max(step, range.from.getTime());
      const to = Math.min(step + stepMs, range.to.getTime());
      const within = indexes.filter((i) => (rollups[i]?.lastAt ?? 0) >= from);
      const [first, last] = [within[0], within.at(-1)];
      if (first === undefined || last === undefined) continue;
      const rate = rateWithin(rollups[first - 1], rollups.slice(first, last + 1), from, to);
      if (rate !== undefined) sums.set(step, (sums.get(step) ?? 0) + rate);
    }
  }
  return sums;
};
