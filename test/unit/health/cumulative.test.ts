import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenced } from '../../../functions/health/metrics/cumulative.ts';
import { taken } from '../../../functions/health/metrics/otlp.ts';
import { answer } from '../../../functions/health/metrics/query.ts';
import { AGGREGATIONS } from '../../../functions/health/metrics/rollup.ts';
import { packed, rolledUp, unpacked, type Measured } from '../../../functions/health/metrics/segment.ts';
import { MINUTE_MS } from '../../../functions/health/units.ts';

const START = Date.parse('2026-11-21T03:00:00Z');
/** The default bounds of SDKs. */
const BOUNDS = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
const bucketed = (values: readonly number[]): number[] =>
  [...BOUNDS, Infinity].map((bound, i) => values.filter((v) => v <= bound && v > (BOUNDS[i - 1] ?? -Infinity)).length);

interface Sent {
  readonly at: number;
  readonly startAt?: number;
  readonly values: readonly number[];
  readonly extremes?: boolean;
  readonly flags?: number;
}

/** What an export comes to, as it is stored. */
const exported = (temporality: 1 | 2, { at, startAt, values, extremes, flags }: Sent): Measured[] => {
  const point = {
    timeUnixNano: `${at}000000`,
    ...(startAt !== undefined && { startTimeUnixNano: `${startAt}000000` }),
    ...(flags !== undefined && { flags }),
    ...(extremes && values.length > 0 && { min: Math.min(...values), max: Math.max(...values) }),
    count: String(values.length),
    sum: values.reduce((a, b) => a + b, 0),
    explicitBounds: BOUNDS,
    bucketCounts: bucketed(values).map(String),
  };
  const metric = { name: 'h', histogram: { aggregationTemporality: temporality, dataPoints: [point] } };
  const { measured, rejected } = taken({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }, new Date(at));
  expect(rejected).toBe(0);
  return unpacked(packed(measured)).filter(({ name }) => name === 'h');
};
const cumulative = (sent: Sent): Measured[] => exported(2, sent);
const deltas = (sent: readonly Measured[]): [at: number, count: number, sum: number][] =>
  differenced(sent)
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, rollup }) => [(start - START) / MINUTE_MS, rollup.count, rollup.sum]);

const minute = (at: number): number => START + at * MINUTE_MS;

/** An exponential histogram of values, as an SDK would have it at a scale. */
const exponential = (temporality: 1 | 2, scale: number, { at, startAt, values }: Sent): Measured[] => {
  const side = (mine: readonly number[]) => {
    const indexes = mine.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1);
    const offset = Math.min(0, ...indexes);
    const counts = Array.from({ length: Math.max(0, ...indexes) - offset + 1 }, (_, i) =>
      String(indexes.filter((index) => index === offset + i).length),
    );
    return { offset, bucketCounts: counts };
  };
  const point = {
    timeUnixNano: `${at}000000`,
    startTimeUnixNano: `${startAt ?? at}000000`,
    count: String(values.length),
    sum: values.reduce((a, b) => a + b, 0),
    scale,
    zeroCount: String(values.filter((value) => value === 0).length),
    positive: side(values.filter((value) => value > 0)),
    negative: side(values.filter((value) => value < 0).map((value) => -value)),
  };
  const metric = { name: 'h', exponentialHistogram: { aggregationTemporality: temporality, dataPoints: [point] } };
  const { measured, rejected } = taken({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }, new Date(at));
  expect(rejected).toBe(0);
  return unpacked(packed(measured)).filter(({ name }) => name === 'h');
};

describe('a cumulative exponential histogram', () => {
  it('has the figures of the same observations exported as deltas, while its scale shrinks, and over restarts', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            values: fc.array(fc.integer({ min: -20, max: 900 }), { maxLength: 12 }),
            restarts: fc.boolean(),
            shrinks: fc.boolean(),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        (minutes) => {
          let [startAt, seen, scale] = [START, [] as number[], 4];
          const both = minutes.map(({ values, restarts, shrinks }, i) => {
            if (restarts) [startAt, seen, scale] = [minute(i), [], 4];
            else if (shrinks) scale = Math.max(1, scale - 1);
            seen = [...seen, ...values];
            const at = minute(i) + 59_000;
            return [
              exponential(1, scale, { at, startAt: minute(i), values }),
              exponential(2, scale, { at, startAt, values: seen }),
            ] as const;
          });
          const query = { name: 'h', from: new Date(START), to: new Date(minute(minutes.length)), stepSeconds: 60 };
          for (const aggregation of ['count', 'sum', 'p50', 'p99'] as const) {
            const wanted =
              answer(
                both.flatMap(([each]) => each),
                { ...query, aggregation },
              )[0]?.points ?? [];
            const told =
              answer(differenced(both.flatMap(([, each]) => each)), { ...query, aggregation })[0]?.points ?? [];
            expect(told.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at));
            for (const [i, { value }] of told.entries()) {
              const exact = wanted[i]?.value ?? NaN;
              // Two sketches err by one percent each, and an extreme is taken for the edge of its bucket.
              const tolerance = aggregation.startsWith('p') ? 0.05 * Math.abs(exact) : 1e-6;
              expect(Math.abs(value - exact)).toBeLessThanOrEqual(tolerance);
            }
          }
        },
      ),
    );
  });

  it('that shows less than before in a bucket was reset, whatever its count', () => {
    const startAt = START - 1_000;
    const sent = [
      exponential(2, 3, { at: minute(0), startAt, values: [7, 7, 7] }),
      exponential(2, 3, { at: minute(1), startAt, values: [7, 900, 900, 900] }),
    ].flat();
    expect(deltas(sent)).toEqual([
      [0, 3, 21],
      [1, 4, 2_707],
    ]);
  });

  it('that changes to explicit bounds begins again', () => {
    const startAt = START - 1_000;
    const sent = [
      exponential(2, 3, { at: minute(0), startAt, values: [7] }),
      cumulative({ at: minute(1), startAt, values: [7, 8] }),
    ].flat();
    expect(deltas(sent)).toEqual([
      [0, 1, 7],
      [1, 2, 15],
    ]);
  });
});

describe('a cumulative histogram', () => {
  it('has the figures of the same observations exported as deltas, over restarts and in whatever order exports came', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            values: fc.array(fc.integer({ min: -20, max: 12_000 }), { maxLength: 12 }),
            restarts: fc.boolean(),
          }),
          { minLength: 1, maxLength: 40 },
        ),
        fc.constantFrom(60, 300, 900, 3_600),
        fc.boolean(),
        (minutes, stepSeconds, isRolledUp) => {
          let [startAt, seen] = [START, [] as number[]];
          const both = minutes.map(({ values, restarts }, i) => {
            if (restarts) [startAt, seen] = [minute(i), []];
            seen = [...seen, ...values];
            const at = minute(i) + 59_000;
            return [
              exported(1, { at, startAt: minute(i), values }),
              cumulative({ at, startAt, values: seen }),
            ] as const;
          });
          const delta = both.flatMap(([each]) => each);
          const states = both.flatMap(([, each]) => each).toReversed();
          const range = { from: new Date(START), to: new Date(minute(minutes.length)) };
          for (const aggregation of AGGREGATIONS.filter((each) => each !== 'rate')) {
            const query = { name: 'h', ...range, stepSeconds, aggregation };
            const told = answer(differenced(isRolledUp ? rolledUp(states, MINUTE_MS) : states), query)[0]?.points ?? [];
            const wanted = answer(delta, query)[0]?.points ?? [];
            expect(told.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at));
            for (const [i, { value }] of told.entries()) expect(value).toBeCloseTo(wanted[i]?.value ?? NaN, 6);
          }
        },
      ),
    );
  });

  it('that began before it was first seen only tells where it stood', () => {
    const old = { startAt: START - 3_600_000 };
    const sent = [
      cumulative({ ...old, at: minute(0), values: Array<number>(9_000).fill(60) }),
      cumulative({ ...old, at: minute(1), values: Array<number>(9_004).fill(60) }),
    ].flat();
    expect(deltas(sent)).toEqual([[1, 4, 240]]);
  });

  it('that shows less than before was reset, also without a start time', () => {
    const sent = [
      cumulative({ at: minute(0), values: [7, 7, 7] }),
      cumulative({ at: minute(1), values: [7, 7, 7, 30] }),
      cumulative({ at: minute(2), values: [8, 40] }),
      cumulative({ at: minute(3), values: [600, 600, 600, 600] }),
    ].flat();
    expect(deltas(sent)).toEqual([
      [1, 1, 30],
      [2, 2, 48],
      [3, 4, 2_400],
    ]);
  });

  it('of two processes at once is two sequences, whose counts add up', () => {
    const sent = [0, 1, 2].flatMap((i) => [
      ...cumulative({ at: minute(i), startAt: START - 60_000, values: Array<number>(10 * (i + 1)).fill(1) }),
      ...cumulative({ at: minute(i) + 1_000, startAt: START - 50_000, values: Array<number>(2 * (i + 1)).fill(1) }),
    ]);
    const counts = Map.groupBy(deltas(sent), ([at]) => Math.floor(at));
    expect([...counts.values()].map((all) => all.reduce((sum, [, count]) => sum + count, 0))).toEqual([12, 12, 12]);
  });

  it('counts once what was exported twice, and nothing for a point without a recorded value', () => {
    const first = cumulative({ at: minute(0), startAt: START - 1_000, values: [1, 2] });
    const second = cumulative({ at: minute(2), startAt: START - 1_000, values: [1, 2, 3] });
    const stale = cumulative({ at: minute(1), startAt: START - 1_000, values: [], flags: 1 });
    expect(stale).toEqual([]);
    expect(deltas([first, first, stale, second, second].flat())).toEqual([
      [0, 2, 3],
      [2, 1, 3],
    ]);
  });

  it('tells a new extreme exactly, and others by the buckets that grew', () => {
    const startAt = START - 3_600_000;
    const [, second, third] = [
      [20, 30],
      [20, 30, 60, 800],
      [20, 30, 60, 800, 110],
    ].map((values, i) => cumulative({ at: minute(i), startAt, values, extremes: true })) as [
      Measured[],
      Measured[],
      Measured[],
    ];
    const first = cumulative({ at: minute(0), startAt, values: [20, 30], extremes: true });
    const extremes = differenced([first, second, third].flat()).map(({ rollup: { min, max } }) => [min, max]);
    expect(extremes).toEqual([
      [50, 800],
      [100, 250],
    ]);
  });
});
