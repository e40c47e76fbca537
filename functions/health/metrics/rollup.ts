import { haveSameBounds, quantileIn, summedBuckets, valuesIn, type Buckets } from './buckets.ts';
import { mergedSketch, quantileOf, sketchOfValues, type Sketch } from './sketch.ts';

/** What is kept of the observations of one series within one minute, hour or day. */
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
}

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

/** What is kept of the observations of both. The order makes no difference, save to `last` at one and the same instant. */
export const merged = (a: Rollup, b: Rollup): Rollup => {
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

/** One figure out of a rollup. `rate` needs neighbours: see `ratesOf`. Quantiles err by at most one percent. */
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

/** What a counter grew by, and over how many seconds. */
export interface Growth {
  readonly grown: number;
  readonly seconds: number;
}

/**
 * What a counter grew by between each two rollups, in order of time; the first has nothing. A counter that fell was reset, and has
 * grown by what it shows since, as Prometheus has it.
 */
export const growthsOf = (rollups: readonly Rollup[]): (Growth | undefined)[] =>
  rollups.map((rollup, i) => {
    const before = rollups[i - 1];
    if (!before || rollup.lastAt <= before.lastAt) return undefined;
    const grown = rollup.last >= before.last ? rollup.last - before.last : rollup.last;
    return { grown, seconds: (rollup.lastAt - before.lastAt) / 1000 };
  });

/** What a counter grew by a second over all of these together; undefined where there are none. */
export const rateOver = (growths: readonly (Growth | undefined)[]): number | undefined => {
  const known = growths.filter((growth) => growth !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce((sum, { grown }) => sum + grown, 0) / known.reduce((sum, { seconds }) => sum + seconds, 0);
};

/** What a counter grew by a second, from one rollup to the next. */
export const ratesOf = (rollups: readonly Rollup[]): (number | undefined)[] =>
  growthsOf(rollups).map((growth) => rateOver([growth]));
