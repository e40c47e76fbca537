import type { Buckets } from './buckets.ts';
import type { Exponential, Side } from './exponential.ts';
import { counted, listIn, numberIn, objectIn, wholeIn, type Json } from './otlp-json.ts';
import { isCountable } from './point.ts';

const countsIn = (value: unknown): number[] | undefined => {
  const counts = listIn(value).map(counted);
  return counts.includes(undefined) ? undefined : (counts as number[]);
};

/** A number that can be summed; undefined where nothing or anything else is there. */
export const finite = (value: unknown): number | undefined => {
  const number = numberIn(value);
  return isCountable(number) ? number : undefined;
};

/**
 * The buckets of a histogram with explicit bounds; none where it has no bounds, since its sum says more. Undefined where buckets
 * and bounds do not belong together.
 */
export const explicitBuckets = (point: Json): Buckets | undefined => {
  const counts = countsIn(point['bucketCounts']);
  const bounds = listIn(point['explicitBounds']).map((bound) => numberIn(bound) ?? Number.NaN);
  if (!counts) return undefined;
  if (counts.length === 0 || bounds.length === 0) return counts.length <= 1 ? { bounds: [], counts: [] } : undefined;
  if (counts.length !== bounds.length + 1) return undefined;
  if (bounds.some((bound, i) => !isCountable(bound) || bound <= (bounds[i - 1] ?? -Infinity))) return undefined;
  return { bounds, counts };
};

/**
 * The extremes of a histogram: those that it has, else the edges of its first and last bucket in use. Below the first bound that
 * is 0, above the last it is that bound, as for Prometheus.
 */
export const extremesOf = (point: Json, { bounds, counts }: Buckets): readonly [number, number] => {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const min = finite(point['min']) ?? bounds[first - 1] ?? Math.min(0, bounds[0] ?? 0);
  return [min, Math.max(min, finite(point['max']) ?? bounds[last] ?? bounds.at(-1) ?? min)];
};

/** An exponential histogram. Undefined for one whose scale, zeros or buckets are no such. */
export const exponentialIn = (point: Json): Exponential | undefined => {
  const scale = wholeIn(point['scale']);
  const zeros = counted(point['zeroCount']);
  const [positive, negative] = [sideIn(point['positive']), sideIn(point['negative'])];
  if (scale === undefined || Math.abs(scale) > 1_000 || zeros === undefined) return undefined;
  return positive && negative && { scale, zeros, positive, negative };
};

const sideIn = (buckets: unknown): Side | undefined => {
  const { offset, bucketCounts } = objectIn(buckets);
  const counts = countsIn(bucketCounts);
  const first = wholeIn(offset);
  return counts && first !== undefined ? { offset: first, counts } : undefined;
};
