import type { Weighted } from './buckets.ts';
import { MAX_VALUE } from './point.ts';

/**
 * A histogram whose buckets grow by powers: `positive.counts[i]` values lie above `base ** (offset + i)` and up to
 * `base ** (offset + i + 1)`, where `base = 2 ** (2 ** -scale)`; `negative` alike with the sign turned. `zeros` values are zero.
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export interface Exponential {
  readonly scale: number;
  readonly zeros: number;
  readonly positive: Side;
  readonly negative: Side;
}

/** Buckets from the index `offset` on. */
export interface Side {
  readonly offset: number;
  readonly counts: readonly number[];
}

/** Buckets may lie beyond what a double holds; their values do not. */
const SMALLEST = Number.MIN_VALUE;

/** The value at a place on the scale, such as 3 for the lower edge of bucket 3 and 3.5 for its middle. */
const valueAt = (place: number, scale: number): number =>
  Math.min(MAX_VALUE, Math.max(SMALLEST, 2 ** (place * 2 ** -scale)));

const valuesOn = ({ offset, counts }: Side, scale: number, sign: 1 | -1): Weighted[] =>
  counts.flatMap((weight, i): Weighted[] => (weight === 0 ? [] : [[sign * valueAt(offset + i + 0.5, scale), weight]]));

/** The values of a histogram within extremes: those of a bucket are taken as its middle on the scale. */
export const exponentialValues = (
  { scale, zeros, positive, negative }: Exponential,
  min: number,
  max: number,
): Weighted[] => {
  const all = [...valuesOn(positive, scale, 1), ...valuesOn(negative, scale, -1)];
  const within = all.map(([value, weight]): Weighted => [Math.min(max, Math.max(min, value)), weight]);
  return zeros > 0 ? [...within, [0, zeros]] : within;
};

/** The edges of the buckets that hold the least and the greatest value; undefined for a histogram of no values. */
export const exponentialEdges = ({ scale, zeros, positive, negative }: Exponential): [number, number] | undefined => {
  const edges = [
    ...edgesOn(positive, scale),
    ...edgesOn(negative, scale).map((edge) => -edge),
    ...(zeros > 0 ? [0] : []),
  ];
  return edges.length === 0 ? undefined : [Math.min(...edges), Math.max(...edges)];
};

const edgesOn = ({ offset, counts }: Side, scale: number): number[] => {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  return first < 0 ? [] : [valueAt(offset + first, scale), valueAt(offset + last + 1, scale)];
};

/** Counts by the index of their bucket at a scale that is as coarse or coarser. */
const countsAt = ({ offset, counts }: Side, from: number, to: number): ReadonlyMap<number, number> => {
  const merged = new Map<number, number>();
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    const index = Math.floor((offset + i) / 2 ** (from - to));
    merged.set(index, (merged.get(index) ?? 0) + count);
  }
  return merged;
};

const sideOf = (counts: ReadonlyMap<number, number>): Side => {
  const indexes = [...counts.keys()];
  if (indexes.length === 0) return { offset: 0, counts: [] };
  const [offset, end] = [Math.min(...indexes), Math.max(...indexes)];
  return { offset, counts: Array.from({ length: end - offset + 1 }, (_, i) => counts.get(offset + i) ?? 0) };
};

/**
 * What came between two states of a histogram. Its buckets become coarser as values spread, and never finer: both are compared at the
 * coarser scale. Undefined where a bucket holds less than before, so that the histogram was reset.
 */
export const exponentialGrowth = (before: Exponential, after: Exponential): Exponential | undefined => {
  const scale = Math.min(before.scale, after.scale);
  const zeros = after.zeros - before.zeros;
  const grownOn = (was: Side, is: Side): Side | undefined => {
    const [earlier, later] = [countsAt(was, before.scale, scale), countsAt(is, after.scale, scale)];
    const grown = [...new Set([...earlier.keys(), ...later.keys()])].map(
      (index) => [index, (later.get(index) ?? 0) - (earlier.get(index) ?? 0)] as const,
    );
    return grown.some(([, count]) => count < 0) ? undefined : sideOf(new Map(grown.filter(([, count]) => count > 0)));
  };
  const [positive, negative] = [grownOn(before.positive, after.positive), grownOn(before.negative, after.negative)];
  return positive && negative && zeros >= 0 ? { scale, zeros, positive, negative } : undefined;
};
