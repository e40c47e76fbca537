import type { Buckets, Weighted } from './buckets.ts';
import { counted, listIn, numberIn, objectIn, wholeIn, type Json } from './otlp-json.ts';
import { isCountable, MAX_VALUE } from './point.ts';

const countsIn = (value: unknown): number[] | undefined => {
  const counts = listIn(value).map(counted);
  return counts.includes(undefined) ? undefined : (counts as number[]);
};

const finite = (value: unknown): number | undefined => {
  const number = numberIn(value);
  return isCountable(number) ? number : undefined;
};

/**
 * The buckets of a histogram with explicit bounds; none where it has no bounds, since its sum tells more. Undefined where buckets
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
 * The extremes of a histogram: those that are told, else where its first and its last value may lie. Below the first bound that
 * is 0, above the last it is that bound, as for Prometheus.
 */
export const extremesOf = (point: Json, { bounds, counts }: Buckets): readonly [number, number] => {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const min = finite(point['min']) ?? bounds[first - 1] ?? Math.min(0, bounds[0] ?? 0);
  return [min, Math.max(min, finite(point['max']) ?? bounds[last] ?? bounds.at(-1) ?? min)];
};

/** Buckets may lie beyond what a double holds; their values do not. */
const SMALLEST = Number.MIN_VALUE;

/** The values of an exponential histogram: a bucket's are taken as its middle on the scale. Undefined where it is none. */
export const exponentialValues = (point: Json): Weighted[] | undefined => {
  const scale = wholeIn(point['scale']);
  const zeros = counted(point['zeroCount']);
  if (scale === undefined || Math.abs(scale) > 1_000 || zeros === undefined) return undefined;
  const [min, max] = [finite(point['min']) ?? -Infinity, finite(point['max']) ?? Infinity];
  const side = (buckets: unknown, sign: 1 | -1): Weighted[] | undefined => {
    const { offset, bucketCounts } = objectIn(buckets);
    const counts = countsIn(bucketCounts);
    const first = wholeIn(offset);
    if (!counts || first === undefined) return undefined;
    return counts.flatMap((weight, i): Weighted[] => {
      if (weight === 0) return [];
      const middle = 2 ** ((first + i + 0.5) * 2 ** -scale);
      return [[Math.min(max, Math.max(min, sign * Math.min(MAX_VALUE, Math.max(SMALLEST, middle)))), weight]];
    });
  };
  const [positive, negative] = [side(point['positive'], 1), side(point['negative'], -1)];
  return positive && negative && [...positive, ...negative, ...(zeros > 0 ? [[0, zeros] as const] : [])];
};
