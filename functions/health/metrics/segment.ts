import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { own } from '../../../shared/kernel/own.ts';
import { MINUTE_MS } from '../units.ts';
import type { Dimensions } from './point.ts';
import { isExponential, merged, type Cumulative, type Rollup } from './rollup.ts';

/** One series: a metric with values for its dimensions. */
export interface SeriesId {
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Dimensions;
}

/** The rollup of one series over one minute, hour or day that begins at `start` (epoch milliseconds). */
export interface Measured extends SeriesId {
  readonly start: number;
  readonly rollup: Rollup;
}

/** The measurements of a call are stored by slots of this length, and the segments of a slot are merged. */
export const SLOT_MS = 5 * MINUTE_MS;
/** Segments outlive the block that is made of them by far: a block can be made again for two days. */
export const SEGMENT_DAYS = 3;

/** Text that is the same for the same series, whatever the order of its dimensions. */
export const seriesKey = ({ name, dimensions }: Pick<SeriesId, 'name' | 'dimensions'>): string =>
  JSON.stringify([name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** True for a series that has all of these dimensions. */
export const hasDimensions = ({ dimensions }: Pick<SeriesId, 'dimensions'>, wanted: Dimensions): boolean =>
  Object.entries(wanted).every(([name, value]) => own(dimensions, name) === value);

/** Everything that is known of each series in each span of `spanMs`, merged. */
export const rolledUp = (measured: Iterable<Measured>, spanMs: number): Measured[] => {
  const found = new Map<string, Measured>();
  for (const each of measured) {
    const start = each.start - (each.start % spanMs);
    const key = `${start} ${seriesKey(each)}`;
    const known = found.get(key);
    found.set(key, { ...each, start, rollup: known ? merged(known.rollup, each.rollup) : each.rollup });
  }
  return [...found.values()];
};

/** Metrics are spread over so many partitions. */
export const BUCKETS = 8;
export const bucketOf = (name: string): number => Number.parseInt(sha256(name).slice(0, 4), 16) % BUCKETS;

type Packed = readonly [
  name: string,
  unit: string,
  dimensions: Dimensions,
  start: number,
  count: number,
  sum: number,
  min: number,
  max: number,
  last: number,
  lastAfterStart: number,
  distribution?: PackedSketch | PackedBuckets | null,
  cumulative?: PackedState,
];
type PackedSketch = readonly [positive: readonly number[], negative: readonly number[], zeros: number];
type PackedBuckets = readonly [bounds: readonly number[], counts: readonly number[]];
type PackedState = readonly [
  at: number,
  startAt: number | null,
  count: number,
  sum: number | null,
  min: number | null,
  max: number | null,
  ...(PackedBuckets | PackedExponential),
];
type PackedExponential = readonly [
  scale: number,
  zeros: number,
  positiveOffset: number,
  positive: readonly number[],
  negativeOffset: number,
  negative: readonly number[],
];

const flat = (pairs: readonly (readonly [number, number])[]): number[] => pairs.flat();
const paired = (numbers: readonly number[]): [number, number][] =>
  numbers.flatMap((key, i): [number, number][] => (i % 2 === 0 ? [[key, numbers[i + 1] ?? 0]] : []));

const packedDistribution = ({ buckets, sketch }: Rollup): PackedSketch | PackedBuckets | undefined => {
  if (buckets) return [buckets.bounds, buckets.counts];
  return sketch && [flat(sketch.positive), flat(sketch.negative), sketch.zeros];
};

const packedState = ({ at, startAt, count, sum, min, max, distribution }: Cumulative): PackedState => [
  at,
  startAt ?? null,
  count,
  sum ?? null,
  min ?? null,
  max ?? null,
  ...packedStates(distribution),
];

const packedStates = (of: Cumulative['distribution']): PackedBuckets | PackedExponential =>
  isExponential(of)
    ? [of.scale, of.zeros, of.positive.offset, of.positive.counts, of.negative.offset, of.negative.counts]
    : [of.bounds, of.counts];

const stateOf = ([at, startAt, count, sum, min, max, ...distribution]: PackedState): Cumulative => ({
  at,
  startAt: startAt ?? undefined,
  count,
  sum: sum ?? undefined,
  min: min ?? undefined,
  max: max ?? undefined,
  distribution: unpackedStates(distribution),
});

const unpackedStates = (packed: PackedBuckets | PackedExponential): Cumulative['distribution'] => {
  if (packed.length === 2) return { bounds: packed[0], counts: packed[1] };
  const [scale, zeros, positiveOffset, positive, negativeOffset, negative] = packed;
  return {
    scale,
    zeros,
    positive: { offset: positiveOffset, counts: positive },
    negative: { offset: negativeOffset, counts: negative },
  };
};

/** Many measurements as a few bytes: what is alike in them is written once. */
export const packed = (measured: readonly Measured[]): Uint8Array => {
  const rows = measured
    .map(({ name, unit, dimensions, start, rollup }): Packed => {
      const { count, sum, min, max, last, lastAt, cumulative } = rollup;
      const plain = [name, unit, dimensions, start, count, sum, min, max, last, lastAt - start] as const;
      const distribution = packedDistribution(rollup);
      if (cumulative) return [...plain, distribution ?? null, packedState(cumulative)];
      return distribution ? [...plain, distribution] : plain;
    })
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[3] - b[3]));
  return deflateRawSync(JSON.stringify(rows), { level: 6 });
};

/** DynamoDB takes items of 400 KB; the rest is room for the key and what else an item carries. */
const MAX_PART_BYTES = 320 * 1024;

/** Packs measurements into as many parts as it takes for each to fit into one item. The same ones make the same parts. */
export const packedInParts = (measured: readonly Measured[], maxBytes = MAX_PART_BYTES): Uint8Array[] => {
  const body = packed(measured);
  if (body.length <= maxBytes || measured.length === 1) return [body];
  const inOrder = measured.toSorted((a, b) => a.start - b.start || (seriesKey(a) < seriesKey(b) ? -1 : 1));
  const half = Math.ceil(inOrder.length / 2);
  return [...packedInParts(inOrder.slice(0, half), maxBytes), ...packedInParts(inOrder.slice(half), maxBytes)];
};

/** A body never grows beyond this when it is unpacked; none that we wrote does. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

export const unpacked = (body: Uint8Array): Measured[] => {
  const rows = JSON.parse(
    inflateRawSync(body, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8'),
  ) as readonly Packed[];
  return rows.map(
    ([name, unit, dimensions, start, count, sum, min, max, last, lastAfterStart, distribution, state]) => ({
      name,
      unit,
      dimensions,
      start,
      rollup: {
        count,
        sum,
        min,
        max,
        last,
        lastAt: start + lastAfterStart,
        ...distributionOf(distribution),
        ...(state && { cumulative: stateOf(state) }),
      },
    }),
  );
};

const distributionOf = (packed: Packed[10]): Pick<Rollup, 'sketch' | 'buckets'> => {
  if (!packed) return {};
  const [first, second, zeros] = packed;
  return zeros === undefined
    ? { buckets: { bounds: first, counts: second } }
    : { sketch: { positive: paired(first), negative: paired(second), zeros } };
};
