import { haveSameBounds, quantileIn, summedBuckets, valuesIn, type Buckets } from './buckets.ts';
import type { Exponential } from './exponential.ts';
import { mergedSketch, quantileOf, sketchOfValues, type Sketch } from './sketch.ts';

/** Where a cumulative histogram stood at an instant: all that it counted since its process began. Times in epoch milliseconds. */
export interface Cumulative {
  readonly at: number;
  readonly startAt: number | undefined;
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly distribution: Buckets | Exponential;
}

export const isExponential = (distribution: Buckets | Exponential): distribution is Exponential =>
  'scale' in distribution;

/** The observations of one series within one minute, hour or day. */
export interface Rollup {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** The latest observation, and when it was made, in epoch milliseconds: counters are read from it. */
  readonly last: number;
  readonly lastAt: number;
  /** Left out for a single observation, which is its own distribution, and where there are buckets. */
  readonly sketch?: Sketch;
  /** The distribution as the buckets of a client, as long as all that was merged has the same bounds. */
  readonly buckets?: Buckets;
  /** The latest state of a cumulative histogram. It is in no other figure; `differenced` makes figures of it. */
  readonly cumulative?: Cumulative;
}

export const rollupOfState = (cumulative: Cumulative): Rollup => ({
  count: 0,
  sum: 0,
  min: 0,
  max: 0,
  last: 0,
  lastAt: cumulative.at,
  cumulative,
});

export const rollupOfOne = (value: number, at: Date): Rollup => ({
  count: 1,
  sum: value,
  min: value,
  max: value,
  last: value,
  lastAt: at.getTime(),
});

const sketchIn = ({ sketch, buckets, count, sum, min, max }: Rollup): Sketch =>
  sketch ?? sketchOfValues(buckets ? valuesIn(buckets, min, max) : count > 0 ? [[sum / count, count]] : []);

/** The distribution of both: in buckets where both have the same, else as a sketch. */
const mergedDistribution = (a: Rollup, b: Rollup): Pick<Rollup, 'sketch' | 'buckets'> =>
  a.buckets && b.buckets && haveSameBounds(a.buckets, b.buckets)
    ? { buckets: summedBuckets(a.buckets, b.buckets) }
    : { sketch: mergedSketch(sketchIn(a), sketchIn(b)) };

const latestState = (a: Cumulative | undefined, b: Cumulative | undefined): Cumulative | undefined => {
  if (!a || !b) return a ?? b;
  return a.at > b.at || (a.at === b.at && a.count >= b.count) ? a : b;
};

/** The observations of both. The order makes no difference, save to `last` at one and the same instant. */
export const merged = (a: Rollup, b: Rollup): Rollup => {
  const cumulative = latestState(a.cumulative, b.cumulative);
  if (!cumulative) return mergedFigures(a, b);
  if (a.count === 0 && b.count === 0) return rollupOfState(cumulative);
  if (a.count === 0 || b.count === 0) return { ...(a.count === 0 ? b : a), cumulative };
  return { ...mergedFigures(a, b), cumulative };
};

const mergedFigures = (a: Rollup, b: Rollup): Rollup => {
  const later = a.lastAt > b.lastAt || (a.lastAt === b.lastAt && a.last >= b.last) ? a : b;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    last: later.last,
    lastAt: later.lastAt,
    ...mergedDistribution(a, b),
  };
};

export const mergedAll = ([first, ...rest]: readonly [Rollup, ...Rollup[]]): Rollup => rest.reduce(merged, first);

export const AGGREGATIONS = ['avg', 'min', 'max', 'sum', 'count', 'last', 'rate', 'p50', 'p90', 'p95', 'p99'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** One figure out of a rollup. `rate` needs neighbours: see `rateWithin`. Quantiles err by at most one percent. */
export const figureOf = (rollup: Rollup, aggregation: Exclude<Aggregation, 'rate'>): number => {
  switch (aggregation) {
    case 'avg':
      return rollup.sum / rollup.count;
    case 'min':
    case 'max':
    case 'sum':
    case 'count':
    case 'last':
      return rollup[aggregation];
    default: {
      const { buckets, min, max } = rollup;
      const share = Number(aggregation.slice(1)) / 100;
      const value = buckets ? quantileIn(buckets, share, min, max) : quantileOf(sketchIn(rollup), share);
      return Math.min(max, Math.max(min, value));
    }
  }
};

/**
 * What a counter grew by from one rollup to the next. A counter that is seen lower than before was reset, and has grown by what
 * it shows since, as Prometheus has it. The extremes of the later rollup show a reset within it.
 */
export const grownBetween = (before: Rollup, after: Rollup): number => {
  const { min, max, last } = after;
  const fellAtEnd = last < max;
  const toPeak = max < before.last ? max : max - before.last;
  if (fellAtEnd) return toPeak + last;
  return min < before.last ? last : toPeak;
};

/** An observation counts as where a counter stood at the start of a window for this long, or for the length of the window. */
export const LOOKBACK_MS = 5 * 60_000;
/** A counter is taken to reach beyond its first and last sample where the next one is at most so many intervals away. */
const REACH = 1.1;

/**
 * What a counter grew by a second between `from` and `to` (epoch milliseconds), by the latest observations of its rollups, in
 * order of time: `extrapolatedRate` of Prometheus. `before` is the latest observation before the window, which then begins with it.
 * Undefined for fewer than two observations.
 */
export const rateWithin = (
  before: Rollup | undefined,
  within: readonly Rollup[],
  from: number,
  to: number,
): number | undefined => {
  const isAnchored = before !== undefined && from - before.lastAt <= Math.max(LOOKBACK_MS, to - from);
  const samples = isAnchored ? [before, ...within] : within;
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.lastAt <= first.lastAt) return undefined;
  const start = isAnchored ? first.lastAt : from;
  const end = Math.max(to, last.lastAt);
  const sampled = last.lastAt - first.lastAt;
  const grown = samples.slice(1).reduce((sum, each, i) => sum + grownBetween(samples[i] ?? each, each), 0);
  const interval = sampled / (samples.length - 1);
  const reached = (gap: number): number => (gap < interval * REACH ? gap : interval / 2);
  // A counter was never below 0, so it cannot have begun earlier than its slope says.
  const sinceZero = grown > 0 && first.last >= 0 ? sampled * (first.last / grown) : Infinity;
  const covered = Math.min(reached(first.lastAt - start), sinceZero) + sampled + reached(end - last.lastAt);
  return (grown * (covered / sampled)) / ((end - start) / 1000);
};
