import { haveSameBounds, totalIn, valuesIn, type Buckets } from './buckets.ts';
import { exponentialEdges, exponentialGrowth, exponentialValues, type Exponential } from './exponential.ts';
import { isExponential, LOOKBACK_MS, type Cumulative, type Rollup } from './rollup.ts';
import { seriesKey, type Measured } from './segment.ts';
import { sketchOfValues } from './sketch.ts';

const countIn = (distribution: Buckets | Exponential): number =>
  (isExponential(distribution)
    ? [distribution.zeros, ...distribution.positive.counts, ...distribution.negative.counts]
    : distribution.counts
  ).reduce((sum, count) => sum + count, 0);

const bucketGrowth = (before: Buckets, after: Buckets): Buckets | undefined => {
  const counts = after.counts.map((count, i) => count - (before.counts[i] ?? 0));
  return haveSameBounds(before, after) && counts.every((count) => count >= 0)
    ? { bounds: after.bounds, counts }
    : undefined;
};

/** Where a histogram shows less than before, it was reset: undefined. */
const growthSince = (before: Cumulative, after: Cumulative): Buckets | Exponential | undefined => {
  const [was, is] = [before.distribution, after.distribution];
  if (after.count < before.count) return undefined;
  if (isExponential(is)) return isExponential(was) ? exponentialGrowth(was, is) : undefined;
  return isExponential(was) ? undefined : bucketGrowth(was, is);
};

/** The first and the last bucket with explicit bounds, which are open, end as for a histogram without extremes. */
const edgesIn = (distribution: Buckets | Exponential, max: number | undefined): readonly [number, number] => {
  if (isExponential(distribution)) return exponentialEdges(distribution) ?? [0, 0];
  const { bounds, counts } = distribution;
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const low = bounds[first - 1] ?? Math.min(0, bounds[0] ?? 0);
  return [low, bounds[last] ?? max ?? bounds.at(-1) ?? low];
};

/**
 * The extremes of what came between two states. A new extreme is exact. Otherwise they are the edges of the buckets that grew,
 * within the extremes of all.
 */
const extremesBetween = (
  before: Cumulative | undefined,
  after: Cumulative,
  [low, high]: readonly [number, number],
): [number, number] => {
  const isNewMin = after.min !== undefined && (!before || (before.min !== undefined && after.min < before.min));
  const isNewMax = after.max !== undefined && (!before || (before.max !== undefined && after.max > before.max));
  const min = isNewMin && after.min !== undefined ? after.min : Math.max(low, after.min ?? low);
  const max = isNewMax && after.max !== undefined ? after.max : Math.min(high, after.max ?? high);
  return [min, Math.max(min, max)];
};

/** What came between two states of a histogram, all where nothing was before; undefined where nothing came. */
const grownBetween = (before: Cumulative | undefined, after: Cumulative): Rollup | undefined => {
  const growth = before && growthSince(before, after);
  const since = growth ? before : undefined;
  const grown = growth ?? after.distribution;
  const count = countIn(grown);
  if (count === 0) return undefined;
  const [min, max] = extremesBetween(since, after, edgesIn(grown, after.max));
  const values = isExponential(grown) ? exponentialValues(grown, min, max) : valuesIn(grown, min, max);
  const isSummed = after.sum !== undefined && (!since || since.sum !== undefined);
  const sum = isSummed ? (after.sum ?? 0) - (since?.sum ?? 0) : totalIn(values);
  const figures = { count, sum, min, max, last: sum / count, lastAt: after.at };
  return isExponential(grown) ? { ...figures, sketch: sketchOfValues(values) } : { ...figures, buckets: grown };
};

/**
 * Turns states of cumulative histograms into what came between them, as if they had been exported with delta temporality; the
 * rest stays. States with another start time are those of another process, and have a sequence of their own. Its first state
 * counts whole where no earlier one can be missing: it began within the look-back, or after a state that is known. Otherwise it only
 * tells where the histogram stood.
 */
export const differenced = (measured: readonly Measured[]): readonly Measured[] => {
  if (measured.every(({ rollup }) => rollup.cumulative === undefined)) return measured;
  const plain = measured.flatMap((each): Measured[] => {
    const { cumulative: _, ...rollup } = each.rollup;
    return rollup.count > 0 ? [{ ...each, rollup }] : [];
  });
  const states = measured.flatMap(({ rollup: { cumulative }, ...series }) =>
    cumulative ? [{ ...series, state: cumulative }] : [],
  );
  const grown = [...Map.groupBy(states, seriesKey).values()].flatMap((mine) => {
    const inOrder = mine.toSorted((a, b) => a.state.at - b.state.at || a.state.count - b.state.count);
    const earliest = inOrder[0]?.state.at ?? 0;
    const latest = new Map<number | undefined, Cumulative>();
    return inOrder.flatMap(({ state, ...series }): Measured[] => {
      const { startAt, at } = state;
      const before = latest.get(startAt);
      latest.set(startAt, state);
      const isWhole = startAt !== undefined && (at - startAt <= LOOKBACK_MS || startAt >= earliest);
      const rollup = before || isWhole ? grownBetween(before, state) : undefined;
      return rollup ? [{ ...series, rollup }] : [];
    });
  });
  return [...plain, ...grown];
};
