import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../simulation/quiet.ts';
import { DEFAULT_SETTINGS } from '../../../functions/health/config/settings.ts';
import { surface } from '../../../functions/health/http/measure.ts';
import { metricReader } from '../../../functions/health/metrics/reader.ts';
import { closeHours } from '../../../functions/health/metrics/close-hours.ts';
import { rollupOfOne, rollupOfState } from '../../../functions/health/metrics/rollup.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { table as tableOf } from '../../../shared/aws/dynamo.ts';
import { idempotencyStore, type IdempotencyStore } from '../../../shared/aws/idempotency-store.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { healthDeps, type HealthDeps, type HealthTable } from '../../support/health.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { invoke } from '../../support/invoke.ts';
import { runs } from '../../support/runs.ts';

const anna = { kind: 'user' as const, id: 'usr_anna', name: 'anna' };
let dynamo: TestDynamo;
let clock: ReturnType<typeof standingClock>;
let deps: HealthDeps;
let records: IdempotencyStore;
const handler = surface(
  () => deps,
  () => ({ clock, store: records }),
);
const fresh = async () => {
  on({ client: dynamo.client, tableName: await dynamo.table(HEALTH_TABLE_SHAPE, 'health') });
};
const on = (table: HealthTable) => {
  clock = standingClock();
  deps = healthDeps(table, clock);
  records = idempotencyStore(tableOf(table.client, table.tableName), HEALTH_TABLE_SHAPE);
};
beforeAll(async () => {
  dynamo = await startDynamo();
  await fresh();
});
afterAll(() => dynamo.stop());

const post = (points: unknown, headers: Record<string, string> = {}) =>
  invoke(handler, 'POST /api/monitoring/metrics', { caller: anna, body: { points }, headers });
const get = (query: Record<string, string>, headers: Record<string, string> = {}) =>
  invoke(handler, 'GET /api/monitoring/metrics', { caller: anna, query, headers });
const valuesOf = (answer: { body: unknown }) =>
  (answer.body as { items: { points: { value: number }[] }[] }).items.map(({ points }) =>
    points.map(({ value }) => value),
  );

describe('202 and 200: what is recorded is answered', () => {
  it('with each aggregation, by group, and as exposition', async () => {
    await fresh();
    const points = [1, 2, 3, 4].map((value) => ({
      name: 'latency',
      value,
      unit: 'ms',
      dimensions: { host: `h${value % 2}` },
    }));
    expect(await post(points)).toMatchObject({ status: 202, body: { recorded: 4 } });
    for (const [aggregation, value] of [
      ['avg', 2.5],
      ['sum', 10],
      ['count', 4],
      ['max', 4],
    ] as const) {
      expect(valuesOf(await get({ name: 'latency', aggregation }))).toEqual([[value]]);
    }
    expect(
      valuesOf(await get({ name: 'latency', aggregation: 'sum', groupBy: 'host' }))
        .flat()
        .sort(),
    ).toEqual([4, 6]);
    expect(valuesOf(await get({ name: 'latency', aggregation: 'sum', dimensions: 'host:h1' }))).toEqual([[4]]);
    const text = await get({}, { accept: 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1' });
    expect(text.headers).toMatchObject({ 'content-type': expect.stringContaining('text/plain; version=0.0.4') });
    expect(String(text.text)).toContain('latency{host="h0"} ');
  });

  it('a batch that is sent again counts once: by its times, or by its idempotency key', async () => {
    await fresh();
    const timed = [{ name: 'm', value: 1, timestamp: clock.now().toISOString() }];
    await Promise.all([post(timed), post(timed)]);
    clock.advance(1_000);
    await post(timed);
    expect(valuesOf(await get({ name: 'm', aggregation: 'count' }))).toEqual([[1]]);
    await post([{ name: 'k', value: 1 }], { 'idempotency-key': 'one' });
    await post([{ name: 'k', value: 1 }], { 'idempotency-key': 'one' });
    // The record of the first request is lost.
    records = { ...records, claim: async () => 'claimed' };
    await post([{ name: 'k', value: 1 }], { 'idempotency-key': 'one' });
    await post([{ name: 'k', value: 1 }]);
    await post([{ name: 'k', value: 1 }]);
    expect(valuesOf(await get({ name: 'k', aggregation: 'count' }))).toEqual([[3]]);
  });
});

describe('400: nothing is recorded, and each fault is pointed at', () => {
  it.each([
    [
      'a point of the far past',
      [{ name: 'm', value: 1, timestamp: '2026-11-21T01:00:00Z' }],
      'metrics.time',
      '/points/0/timestamp',
    ],
    [
      'a point of the future',
      [
        { name: 'm', value: 1 },
        { name: 'm', value: 1, timestamp: '2026-11-21T04:00:00Z' },
      ],
      'metrics.time',
      '/points/1/timestamp',
    ],
    ['no number', [{ name: 'm', value: 'NaN' }], 'body.invalid', '/points/0/value'],
    ['a name that is none', [{ name: 'no name', value: 1 }], 'body.invalid', '/points/0/name'],
    [
      'too many dimensions',
      [{ name: 'm', value: 1, dimensions: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`d${i}`, ''])) }],
      'body.invalid',
      '/points/0/dimensions',
    ],
  ])('%s', async (_what, points, code, pointer) => {
    await fresh();
    expect(await post(points)).toMatchObject({ status: 400, body: { code, errors: [{ pointer }] } });
    expect((await get({ name: 'm' })).body).toMatchObject({ items: [] });
  });

  it('more points than a call may bring, and more series than a metric may have', async () => {
    await fresh();
    const many = (n: number, from = 0) =>
      Array.from({ length: n }, (_, i) => ({ name: 'm', value: 1, dimensions: { id: `${from + i}` } }));
    expect((await post(many(1001))).status).toBe(400);
    expect((await post(many(1000))).status).toBe(202);
    expect(await post(many(1, 5000))).toMatchObject({ status: 400, body: { code: 'metrics.cardinality' } });
    expect((await post(many(1))).status).toBe(202);
  });

  it('a range that is no range, or has too many steps', async () => {
    expect((await get({})).body).toMatchObject({ code: 'metrics.name_missing' });
    expect((await get({ name: 'm', from: '2026-11-21T03:00:00Z', to: '2026-11-21T02:00:00Z' })).body).toMatchObject({
      code: 'metrics.range',
    });
    expect((await get({ name: 'm', from: '2026-01-01T00:00:00Z', step: '60' })).body).toMatchObject({
      code: 'metrics.range',
    });
    expect((await get({ name: 'm', from: '2026-01-01T00:00:00Z' })).status).toBe(200);
  });
});

describe('what it costs', () => {
  it('a thousand points of many series take far less than a tenth of a write unit each, and one round trip a bucket', async () => {
    await fresh();
    clock.advance(600_000);
    const points = Array.from({ length: 1000 }, (_, i) => ({
      name: `app.metric_${i % 40}`,
      value: Math.sin(i) * 100,
      unit: 'ms',
      dimensions: { service: 'checkout', instance: `i-${Math.floor(i / 40)}` },
      timestamp: new Date(clock.now().getTime() - (i % 7) * 1000).toISOString(),
    }));
    const { writeUnits, roundTrips, readUnits } = await dynamo.cost(() => post(points));
    expect(writeUnits / 1000, `${writeUnits} write units`).toBeLessThan(0.05);
    expect(roundTrips).toBeLessThanOrEqual(8);
    expect(readUnits).toBe(0);
  });
});

describe('closing hours', () => {
  const close = (given: Partial<HealthDeps> = {}) =>
    closeHours({
      ...deps,
      ...given,
      clock,
      retention: async () => DEFAULT_SETTINGS.retention,
      remainingMs: () => 600_000,
    });
  const row = (minute: number, value: number) => {
    const at = new Date(Date.parse('2026-11-21T03:00:00Z') + minute * 60_000);
    return { name: 'm', unit: '', dimensions: {}, start: at.getTime(), rollup: rollupOfOne(value, at) };
  };

  it('begins with the hour of the first segment, and asks no hour where nothing was ever measured', async () => {
    on(memoryTable(HEALTH_TABLE_SHAPE));
    clock.set(new Date('2026-11-23T09:10:00Z'));
    const asked: number[] = [];
    const counting = {
      ...deps.segments,
      read: (bucket: number, from: number, to: number) => {
        asked.push(from);
        return deps.segments.read(bucket, from, to);
      },
    };
    expect(await close({ segments: counting })).toBe(0);
    expect(asked).toEqual([]);
    await deps.segments.write([row(48 * 60 + 118, 7)], 'c', clock.now());
    expect(await close({ segments: counting })).toBe(4);
    expect(Math.min(...asked)).toBe(Date.parse('2026-11-23T04:00:00Z'));
  });

  it('changes no answer, however often it dies and is run again, and coarser steps are answered from blocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 50 * 60 }), fc.integer({ min: 1, max: 99 })), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
        async (points, deaths) => {
          on(memoryTable(HEALTH_TABLE_SHAPE));
          for (const [i, [minute, value]] of points.entries())
            await deps.segments.write([row(minute, value)], `c${i}`, clock.now());
          const total = points.reduce((sum, [, value]) => sum + value, 0);
          const ask = async (step: string, aggregation: string) =>
            valuesOf(
              await get({ name: 'm', from: '2026-11-21T00:00:00Z', to: '2026-11-24T00:00:00Z', step, aggregation }),
            );
          clock.set(new Date('2026-11-23T09:10:00Z'));
          for (const after of deaths) {
            let calls = 0;
            const dying = <S extends object>(store: S): S =>
              Object.fromEntries(
                Object.entries(store).map(([name, call]) => [
                  name,
                  (...args: never[]) => {
                    if (++calls > after) throw new Error('died');
                    return (call as (...of: never[]) => unknown)(...args);
                  },
                ]),
              ) as S;
            await close({ segments: dying(deps.segments), blocks: dying(deps.blocks) }).catch(() => undefined);
          }
          await close();
          expect(await close()).toBe(0);
          deps = { ...deps, reader: metricReader(deps) };
          for (const step of ['3600', '86400']) {
            expect((await ask(step, 'sum')).flat().reduce((a, b) => a + b, 0)).toBe(total);
            expect((await ask(step, 'count')).flat().reduce((a, b) => a + b, 0)).toBe(points.length);
          }
          const minutes = await get({
            name: 'm',
            from: '2026-11-21T02:00:00Z',
            to: '2026-11-22T02:00:00Z',
            step: '60',
            aggregation: 'count',
          });
          expect(
            valuesOf(minutes)
              .flat()
              .reduce((a, b) => a + b, 0),
          ).toBe(points.filter(([m]) => m <= 23 * 60).length);
        },
      ),
      { numRuns: runs(40) },
    );
  });

  it('answers a range for the range: what lies before or behind it, in a clipped hour or day, counts nowhere', async () => {
    on(memoryTable(HEALTH_TABLE_SHAPE));
    const minutes = Array.from({ length: 50 * 60 }, (_, minute) => minute);
    const first = Date.parse('2026-11-21T03:00:00Z');
    await deps.segments.write(
      minutes.map((minute) => row(minute, 1)),
      'all',
      new Date(first),
    );
    clock.set(new Date('2026-11-23T09:10:00Z'));
    await close();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -60, max: 51 * 60 }),
        fc.integer({ min: 0, max: 51 * 60 }),
        fc.constantFrom('3600', '7200', '10800', '86400', '172800'),
        async (begin, length, step) => {
          const from = new Date(first + begin * 60_000).toISOString();
          const to = new Date(first + (begin + length) * 60_000 + 59_999).toISOString();
          const inRange = minutes.filter((minute) => minute >= begin && minute <= begin + length).length;
          const sums = valuesOf(await get({ name: 'm', from, to, step, aggregation: 'sum' }));
          expect(sums.flat().reduce((a, b) => a + b, 0)).toBe(inRange);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('changes no figure of a cumulative histogram, at whatever minute a range begins or ends', async () => {
    on(memoryTable(HEALTH_TABLE_SHAPE));
    const first = Date.parse('2026-11-21T03:00:00Z');
    const minutes = Array.from({ length: 30 * 60 }, (_, minute) => minute);
    // One observation below 10 and one up to 20 a minute; the process restarts every 700 minutes.
    const state = (minute: number) => {
      const since = (minute % 700) + 1;
      const at = new Date(first + minute * 60_000 + 30_000);
      return {
        ...row(minute, 0),
        rollup: rollupOfState({
          at: at.getTime(),
          startAt: first + (minute - (minute % 700)) * 60_000,
          count: 2 * since,
          sum: 20 * since,
          min: undefined,
          max: undefined,
          distribution: { bounds: [10, 20], counts: [since, since, 0] },
        }),
      };
    };
    await deps.segments.write(minutes.map(state), 'all', new Date(first));
    // The last hours are not closed yet.
    clock.set(new Date(first + 27.5 * 3_600_000));
    await close();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -60, max: 31 * 60 }),
        fc.integer({ min: 0, max: 31 * 60 }),
        fc.constantFrom('3600', '7200', '86400'),
        async (begin, length, step) => {
          const from = new Date(first + begin * 60_000).toISOString();
          const to = new Date(first + (begin + length) * 60_000 + 59_999).toISOString();
          const inRange = minutes.filter((minute) => minute >= begin && minute <= begin + length).length;
          const ask = async (aggregation: string) =>
            valuesOf(await get({ name: 'm', from, to, step, aggregation })).flat();
          expect((await ask('count')).reduce((a, b) => a + b, 0)).toBe(2 * inRange);
          for (const p95 of await ask('p95')) expect(p95).toBeCloseTo(19, 9);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});

describe('many queries in one call', () => {
  const ask = (queries: readonly object[]) =>
    invoke(handler, 'POST /api/monitoring/metrics/queries', { caller: anna, body: { queries } });

  it('200: each is answered in its place, and one that is refused stops no other', async () => {
    await fresh();
    await post([
      { name: 'latency', value: 10, unit: 'ms', dimensions: { host: 'a' } },
      { name: 'latency', value: 30, unit: 'ms', dimensions: { host: 'b' } },
    ]);
    const { status, body } = await ask([
      { name: 'latency', aggregation: 'max' },
      { name: 'latency', from: '2026-11-21T03:00:00Z', to: '2026-11-21T02:00:00Z' },
      { name: 'latency', groupBy: ['host'] },
      { name: 'never.sent' },
      { name: 'latency', dimensions: { host: 'a' } },
    ]);
    expect(status).toBe(200);
    const values = body.items.map(({ series }: { series: { points: { value: number }[] }[] }) =>
      series.map(({ points }) => points[0]?.value),
    );
    expect(values).toEqual([[30], [], [30, 10], [], [10]]);
    expect(body.items[1].refused).toMatchObject({ code: 'metrics.range' });
    expect(body.items[0]).toMatchObject({ leftOut: 0, step: 60, refused: null });
  });

  it('200: of many series those that reach highest, and how many are left out', async () => {
    await fresh();
    await post(Array.from({ length: 15 }, (_, value) => ({ name: 'load', value, dimensions: { host: `h${value}` } })));
    const { body } = await ask([{ name: 'load', groupBy: ['host'] }]);
    expect(body.items[0].series.map((each: { dimensions: { host: string } }) => each.dimensions.host)).toEqual(
      Array.from({ length: 12 }, (_, i) => `h${14 - i}`),
    );
    expect(body.items[0].leftOut).toBe(3);
  });

  it('200: a range has at most 200 steps', async () => {
    const to = clock.now();
    const from = new Date(to.getTime() - 7 * 86_400_000);
    const { body } = await ask([{ name: 'load', from: from.toISOString(), to: to.toISOString() }]);
    expect(body.items[0]).toMatchObject({ step: 3_600, refused: null });
    const { body: long } = await ask([{ name: 'load', from: '1970-01-01T00:00:00Z', to: to.toISOString() }]);
    expect(long.items[0].refused.detail).toBe('A range has at most 6200 days. Send a later from.');
  });

  it('400: more than forty, none, or a name that no metric has', async () => {
    expect((await ask(Array.from({ length: 41 }, () => ({ name: 'load' })))).status).toBe(400);
    expect((await ask([])).status).toBe(400);
    expect((await ask([{ name: 'two words' }])).status).toBe(400);
  });

  it('403: without monitoring.read', async () => {
    const caller = { ...anna, permissions: ['monitoring.alert.read'] };
    const answer = await invoke(handler, 'POST /api/monitoring/metrics/queries', {
      caller,
      body: { queries: [{ name: 'load' }] },
    });
    expect(answer.status).toBe(403);
  });
});
