/** A histogram with explicit bounds: `counts[i]` values lie above `bounds[i - 1]` and up to `bounds[i]`; both ends are open. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

export type Weighted = readonly [value: number, weight: number];

/** The sum of all values. */
export const totalIn = (values: readonly Weighted[]): number =>
  values.reduce((sum, [value, weight]) => sum + value * weight, 0);

export const haveSameBounds = (a: Buckets, b: Buckets): boolean =>
  a.bounds.length === b.bounds.length && a.bounds.every((bound, i) => bound === b.bounds[i]);

export const summedBuckets = (a: Buckets, b: Buckets): Buckets => ({
  bounds: a.bounds,
  counts: a.counts.map((count, i) => count + (b.counts[i] ?? 0)),
});

/** Where a bucket begins and ends, within the extremes of its values. */
export const edgesOf = ({ bounds }: Buckets, i: number, min: number, max: number): readonly [number, number] => {
  const low = Math.max(bounds[i - 1] ?? min, min);
  return [low, Math.max(low, Math.min(bounds[i] ?? max, max))];
};

/**
 * The value below which this share of the values lies, interpolated within its bucket as `histogram_quantile` of Prometheus
 * does. The extremes close the buckets at both ends.
 */
export const quantileIn = (buckets: Buckets, share: number, min: number, max: number): number => {
  const rank = share * buckets.counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [i, count] of buckets.counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const [low, high] = edgesOf(buckets, i, min, max);
      return low + (high - low) * ((rank - below) / count);
    }
    below += count;
  }
  return max;
};

/** A bucket is taken as so many values at most where a distribution of another kind is to be merged with it. */
const SLICES = 16;

/** The values of a histogram, those of a bucket spread evenly over it. */
export const valuesIn = (buckets: Buckets, min: number, max: number): Weighted[] =>
  buckets.counts.flatMap((weight, i): Weighted[] => {
    if (weight === 0) return [];
    const [low, high] = edgesOf(buckets, i, min, max);
    const slices = low === high ? 1 : Math.min(SLICES, weight);
    return Array.from({ length: slices }, (_, slice): Weighted => {
      const mine = Math.floor((weight * (slice + 1)) / slices) - Math.floor((weight * slice) / slices);
      return [low + (high - low) * ((slice + 0.5) / slices), mine];
    });
  });
