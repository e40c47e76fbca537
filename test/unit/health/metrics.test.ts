import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposition } from '../../../functions/health/metrics/exposition.ts';
import { taken } from '../../../functions/health/metrics/otlp.ts';
import { answer } from '../../../functions/health/metrics/query.ts';
import {
  figureOf,
  merged,
  mergedAll,
  rateWithin,
  rollupOfOne,
  type Rollup,
} from '../../../functions/health/metrics/rollup.ts';
import { packed, rolledUp, unpacked, type Measured } from '../../../functions/health/metrics/segment.ts';
import { MINUTE_MS } from '../../../functions/health/units.ts';
import { seriesLimit } from '../../../functions/health/metrics/series-limit.ts';

const START = Date.parse('2026-11-21T03:00:00Z');
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((v) => (Math.abs(v) < 1e-6 ? 0 : v));
const at = fc.integer({ min: 0, max: 3 * 3_600_000 }).map((ms) => new Date(START + ms));
const observation = fc.record({ value, at });
const observations = fc.array(observation, { minLength: 1, maxLength: 40 });
const rollupsOf = (all: readonly { value: number; at: Date }[]) =>
  all.map(({ value: v, at: t }) => rollupOfOne(v, t)) as [Rollup, ...Rollup[]];
const measured = (name: string, v: number, ms: number, dimensions: Record<string, string> = {}): Measured => ({
  name,
  unit: '',
  dimensions,
  start: START + ms,
  rollup: rollupOfOne(v, new Date(START + ms)),
});

describe('a rollup', () => {
  it('tells count, sum, extremes and last as if all observations were at hand, in whatever order they came', () => {
    fc.assert(
      fc.property(observations, fc.infiniteStream(fc.nat()), (all, shuffle) => {
        const order = all.map((each) => ({ each, by: shuffle.next().value as number })).sort((a, b) => a.by - b.by);
        const rollup = mergedAll(rollupsOf(order.map(({ each }) => each)));
        const values = all.map((each) => each.value);
        const latest = Math.max(...all.map((each) => each.at.getTime()));
        expect(rollup.count).toBe(all.length);
        expect(rollup.sum).toBeCloseTo(
          values.reduce((a, b) => a + b, 0),
          3,
        );
        expect([rollup.min, rollup.max]).toEqual([Math.min(...values), Math.max(...values)]);
        expect(rollup.lastAt).toBe(latest);
        expect(all.some((each) => each.at.getTime() === latest && each.value === rollup.last)).toBe(true);
      }),
    );
  });

  it('tells quantiles within one percent of an observation at that rank', () => {
    fc.assert(
      fc.property(observations, fc.constantFrom('p50', 'p90', 'p95', 'p99'), (all, p) => {
        const values = all.map((each) => each.value).sort((a, b) => a - b);
        const told = figureOf(mergedAll(rollupsOf(all)), p as 'p50');
        const rank = (Number(p.slice(1)) / 100) * (values.length - 1);
        const near = [values[Math.floor(rank)], values[Math.ceil(rank)]].map((v) => v ?? 0);
        const ok = near.some((v) => Math.abs(told - v) <= 0.0101 * Math.abs(v) + 1e-9);
        expect(ok, `${p} of ${values.join()} is given as ${told}`).toBe(true);
      }),
    );
  });

  it('is the same after it was packed, and merging is associative', () => {
    fc.assert(
      fc.property(observations, observations, observations, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((each) => mergedAll(rollupsOf(each))) as [Rollup, Rollup, Rollup];
        const [left, right] = [merged(merged(x, y), z), merged(x, merged(y, z))];
        expect(left.count).toBe(right.count);
        expect(left.sketch).toEqual(right.sketch);
        const one: Measured = { name: 'm', unit: 'ms', dimensions: { a: 'b' }, start: START, rollup: left };
        expect(unpacked(packed([one]))).toEqual([one]);
      }),
    );
  });
});

describe('rates', () => {
  it('take the reset of a counter as growth from zero, and a first observation as none', () => {
    const counter = [10, 40, 5, 65].map((v, i) => rollupOfOne(v, new Date(START + i * 60_000)));
    const rates = counter.map((each, i) => rateWithin(counter[i - 1], [each], each.lastAt, each.lastAt));
    expect(rates).toEqual([undefined, 0.5, 5 / 60, 1]);
  });

  it('see resets within a minute by its extremes', () => {
    const minute = (second: number, ...values: number[]) =>
      mergedAll(values.map((v, i) => rollupOfOne(v, new Date(START + (second + i) * 1000))) as [Rollup, ...Rollup[]]);
    const grown = (...values: number[]) =>
      60 * (rateWithin(minute(0, 100), [minute(60 - values.length + 1, ...values)], START, START + 60_000) ?? NaN);
    expect(grown(110, 5, 20)).toBeCloseTo(10 + 5 + 15, 9);
    expect(grown(150, 120)).toBeCloseTo(50 + 120, 9);
    expect(grown(5, 50, 3)).toBeCloseTo(5 + 45 + 3, 9);
    expect(grown(100, 5, 200)).toBeCloseTo(5 + 195, 9);
    expect(grown(130, 140)).toBeCloseTo(40, 9);
  });

  /*
   * `rate` of Prometheus for the samples of a window, written from its documentation: growth between samples, where less than
   * before is growth from zero, is extended towards each end of the window that lies within 1.1 mean intervals of a sample, else by half
   * an interval, and never to before the counter was zero. A window begins with the sample before it, if that is young enough.
   */
  const reference = (samples: readonly [at: number, value: number][], from: number, to: number): number | undefined => {
    const earlier = samples.filter(([t]) => t < from).at(-1);
    const begin = earlier && from - earlier[0] <= Math.max(300, to - from) ? earlier[0] : from;
    const mine = samples.filter(([t]) => t >= begin && t <= to);
    if (mine.length < 2) return undefined;
    let increase = 0;
    for (let i = 1; i < mine.length; i++) {
      const [now_, then] = [mine[i]?.[1] ?? 0, mine[i - 1]?.[1] ?? 0];
      increase += now_ < then ? now_ : now_ - then;
    }
    const times = mine.map(([t]) => t);
    const [t0, tn] = [Math.min(...times), Math.max(...times)];
    const mean = (tn - t0) / (mine.length - 1);
    let [left, right] = [t0 - begin, to - tn];
    if (left >= mean * 1.1) left = mean / 2;
    if (right >= mean * 1.1) right = mean / 2;
    if (increase > 0) left = Math.min(left, (tn - t0) * ((mine[0]?.[1] ?? 0) / increase));
    return (increase * (left + (tn - t0) + right)) / (tn - t0) / (to - begin);
  };

  it('are those of Prometheus, with gaps, resets, counters that begin or end within a step, and ranges that clip one', () => {
    fc.assert(
      fc.property(
        // At most one sample a minute, so that nothing is rolled up.
        fc.array(
          fc.record({
            skip: fc.nat({ max: 9 }),
            second: fc.nat({ max: 59 }),
            grows: fc.nat({ max: 500 }),
            resets: fc.boolean(),
          }),
          { minLength: 1, maxLength: 60 },
        ),
        fc.constantFrom(60, 300, 900, 3_600, 7_200),
        fc.nat({ max: 120 }),
        fc.integer({ min: 1, max: 240 }),
        fc.nat({ max: 1_000 }),
        (gaps, stepSeconds, firstMinute, minutes, begin) => {
          const t0 = START / 1000;
          let [minute, shown] = [0, begin];
          const samples = gaps.map(({ skip, second, grows, resets }): [number, number] => {
            shown = resets ? grows : shown + grows;
            minute += 1 + (skip > 6 ? skip : 0);
            return [t0 + minute * 60 + second, shown];
          });
          const [from, to] = [t0 + firstMinute * 60, t0 + (firstMinute + minutes) * 60 - 1];
          // What the reader finds of the range and a step before it.
          const read = samples.filter(([t]) => t <= to && t >= from - Math.max(300, stepSeconds));
          const rows = read.map(([t, v]) => measured('c', v, t * 1000 - START));
          const range = { from: new Date(from * 1000), to: new Date(to * 1000) };
          const answered = answer(rows, { name: 'c', ...range, stepSeconds, aggregation: 'rate' })[0]?.points ?? [];
          const wanted: [string, number][] = [];
          for (let step = from - (from % stepSeconds); step <= to; step += stepSeconds) {
            const [low, high] = [Math.max(step, from), Math.min(step + stepSeconds, to)];
            const until = high === to ? to : high - 0.5;
            if (!read.some(([t]) => t >= low && t <= until)) continue;
            const rate = reference(
              read.filter(([t]) => t <= until),
              low,
              high,
            );
            if (rate !== undefined) wanted.push([new Date(step * 1000).toISOString(), rate]);
          }
          expect(answered.map(({ at: when }) => when)).toEqual(wanted.map(([when]) => when));
          for (const [i, { value: told }] of answered.entries()) expect(told).toBeCloseTo(wanted[i]?.[1] ?? NaN, 9);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('are what the counter truly grew by, with resets within and between steps, for steps of a minute up to a quarter of an hour', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ grows: fc.nat({ max: 500 }), resets: fc.boolean() }), { minLength: 2, maxLength: 60 }),
        fc.constantFrom(60, 300, 900),
        (minutes, stepSeconds) => {
          let shown = 0;
          // After a reset the counter must be seen lower than before: all that it shows is then growth.
          const grown = minutes.map(({ grows, resets }) => {
            const before = shown;
            shown = resets && grows < before ? grows : before + grows;
            return { shown, grows };
          });
          const rows = grown.map(({ shown: v }, minute) => measured('c', v, minute * MINUTE_MS));
          const to = new Date(START + minutes.length * MINUTE_MS);
          const query = { name: 'c', from: new Date(START), to, stepSeconds, aggregation: 'rate' as const };
          const told = (answer(rows, query)[0]?.points ?? []).map(({ value: v }) => v);
          const steps = Map.groupBy(grown.slice(1).entries(), ([i]) => Math.floor(((i + 1) * 60) / stepSeconds));
          const wanted = [...steps.values()].map(
            (mine) => mine.reduce((sum, [, { grows }]) => sum + grows, 0) / (mine.length * 60),
          );
          expect(told).toHaveLength(wanted.length);
          for (const [i, value_] of told.entries()) expect(value_).toBeCloseTo(wanted[i] ?? NaN, 9);
        },
      ),
    );
  });

  it('of a group are summed over its series', () => {
    const rows = [0, 60_000].flatMap((ms) => [
      measured('hits', 10 + ms / 1000, ms, { host: 'a' }),
      measured('hits', 500 + ms / 500, ms, { host: 'b' }),
    ]);
    const [one] = answer(rows, {
      name: 'hits',
      from: new Date(START),
      to: new Date(START + 60_000),
      stepSeconds: 60,
      aggregation: 'rate',
    });
    expect(one?.points).toEqual([{ at: '2026-11-21T03:01:00.000Z', value: 3 }]);
  });
});

describe('a query', () => {
  it('groups by a dimension, filters by another, and leaves out steps without observations', () => {
    const rows = [
      measured('latency', 10, 0, { region: 'eu', host: 'a' }),
      measured('latency', 30, 1_000, { region: 'eu', host: 'b' }),
      measured('latency', 99, 0, { region: 'us', host: 'c' }),
      measured('latency', 50, 180_000, { region: 'eu', host: 'a' }),
      measured('other', 1, 0, { region: 'eu' }),
    ];
    const query = { name: 'latency', from: new Date(START), to: new Date(START + 300_000), stepSeconds: 60 };
    expect(answer(rows, { ...query, aggregation: 'avg', dimensions: { region: 'eu' } })).toEqual([
      {
        name: 'latency',
        unit: '',
        dimensions: {},
        points: [
          { at: '2026-11-21T03:00:00.000Z', value: 20 },
          { at: '2026-11-21T03:03:00.000Z', value: 50 },
        ],
      },
    ]);
    const groups = answer(rows, { ...query, aggregation: 'max', groupBy: ['region'] });
    expect(groups.map(({ dimensions, points }) => [dimensions, points[0]?.value])).toEqual([
      [{ region: 'eu' }, 30],
      [{ region: 'us' }, 99],
    ]);
  });

  it('answers the same from points as from minutes, and from minutes as from what was rolled up of them', () => {
    fc.assert(
      fc.property(observations, (all) => {
        const points = all.map((each) => measured('m', each.value, each.at.getTime() - START));
        const query = {
          name: 'm',
          from: new Date(START),
          to: new Date(START + 4 * 3_600_000),
          stepSeconds: 3_600,
          aggregation: 'max' as const,
        };
        const minutes = rolledUp(points, MINUTE_MS);
        expect(answer(minutes, query)).toEqual(answer(points, query));
        expect(answer(rolledUp(minutes, 60 * MINUTE_MS), query)).toEqual(answer(points, query));
      }),
    );
  });
});

describe('the exposition', () => {
  it('tells the latest value of each series in the text format, with names and labels that it allows', () => {
    const text = exposition([
      measured('http.server-time', 1, 0, { 'k8s.pod': 'a"b\\c\nd' }),
      measured('http.server-time', 2.5, 60_000, { 'k8s.pod': 'a"b\\c\nd' }),
      measured('up', 1, 0),
    ]);
    expect(text).toBe(
      '# HELP http_server_time http.server-time\n# TYPE http_server_time untyped\n' +
        'http_server_time{k8s_pod="a\\"b\\\\c\\nd"} 2.5\n# HELP up up\n# TYPE up untyped\nup 1\n',
    );
  });
});

describe('an export of OpenTelemetry', () => {
  const now = new Date(START);
  const nano = `${START}000000`;
  const request = (metric: object) => ({
    resourceMetrics: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'shop' } },
            { key: 'process.pid', value: { intValue: '7' } },
          ],
        },
        scopeMetrics: [{ metrics: [{ name: 'm', unit: 'ms', ...metric }] }],
      },
    ],
  });

  it('gauges and sums give their value, with the attributes that tell series apart', () => {
    const {
      measured: [one],
      rejected,
    } = taken(
      request({
        sum: {
          dataPoints: [
            { asInt: '42', timeUnixNano: nano, attributes: [{ key: 'route', value: { stringValue: '/' } }] },
          ],
        },
      }) as never,
      now,
    );
    expect(rejected).toBe(0);
    expect(one).toMatchObject({
      name: 'm',
      unit: 'ms',
      dimensions: { 'service.name': 'shop', route: '/' },
      rollup: { last: 42 },
    });
  });

  it('a histogram of deltas gives its distribution, a cumulative one its counters and its state', () => {
    const point = {
      count: '4',
      sum: 100,
      min: 1,
      max: 60,
      explicitBounds: [10, 50],
      bucketCounts: ['1', '2', '1'],
      timeUnixNano: nano,
    };
    const delta = taken(request({ histogram: { dataPoints: [point], aggregationTemporality: 1 } }) as never, now)
      .measured[0];
    expect(delta?.rollup).toMatchObject({ count: 4, sum: 100, min: 1, max: 60 });
    expect(figureOf(delta?.rollup as Rollup, 'p50')).toBeCloseTo(30, 0);
    const cumulative = taken(
      request({ histogram: { dataPoints: [point], aggregationTemporality: 2 } }) as never,
      now,
    ).measured;
    expect(cumulative.map(({ name, rollup }) => [name, rollup.last])).toEqual([
      ['m.count', 4],
      ['m.sum', 100],
      ['m', 0],
    ]);
  });

  it('an exponential histogram of deltas gives its distribution', () => {
    const point = {
      count: 3,
      sum: 14,
      scale: 0,
      zeroCount: 0,
      positive: { offset: 1, bucketCounts: [1, 2] },
      timeUnixNano: nano,
    };
    const one = taken(
      request({
        exponentialHistogram: { dataPoints: [point], aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA' },
      }) as never,
      now,
    ).measured[0];
    expect(one?.rollup.count).toBe(3);
    expect(figureOf(one?.rollup as Rollup, 'p99')).toBeCloseTo(6, 0);
  });

  it('what is no number or of another time is rejected by itself, and told', () => {
    const old = `${START - 2 * 3_600_000}000000`;
    const told = taken(
      request({
        gauge: {
          dataPoints: [{ asDouble: 1, timeUnixNano: nano }, { asDouble: 1, timeUnixNano: old }, { timeUnixNano: nano }],
        },
      }) as never,
      now,
    );
    expect([told.measured.length, told.rejected]).toEqual([1, 2]);
    expect(told.reason).toMatch(/hour in the past/);
  });
});

describe('the limit of series', () => {
  it('accepts known series always and new ones up to the limit, which starts again each hour', () => {
    const mayAdd = seriesLimit(2);
    const one = (host: string) => ({ name: 'm', unit: '', dimensions: { host } });
    const now = new Date(START);
    expect(['a', 'b', 'c', 'a'].map((host) => mayAdd(one(host), now))).toEqual([true, true, false, true]);
    expect(mayAdd(one('c'), new Date(START + 3_600_000))).toBe(true);
  });
});
