import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonExporter,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import '../../simulation/quiet.ts';
import { surface } from '../../../functions/health/http/measure.ts';
import { HEALTH_TABLE_SHAPE } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { healthDeps, type HealthDeps } from '../../support/health.ts';
import { invoke } from '../../support/invoke.ts';
import { memoryTable } from '../../support/memory-table.ts';

const clock = standingClock();
let deps: HealthDeps;
const handler = surface(() => deps);
beforeEach(() => {
  deps = healthDeps(memoryTable(HEALTH_TABLE_SHAPE), clock);
});

const anna = { kind: 'user' as const, id: 'usr_anna', name: 'anna' };
const NS = `${clock.now().getTime()}000000`;
const post = (bytes: Buffer, headers: Record<string, string>) =>
  invoke(handler, 'POST /v1/metrics', { caller: anna, bytes, headers });
const json = (metrics: unknown) =>
  post(Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })), {
    'content-type': 'application/json',
  });
const ask = async (name: string, aggregation = 'last') => {
  const query = { name, aggregation };
  const { body } = await invoke(handler, 'GET /api/monitoring/metrics', { caller: anna, query });
  const { items } = body as { items: { points: { value: number }[] }[] };
  return items.flatMap(({ points }) => points.map(({ value }) => value));
};
const gauge = (name: string, point: unknown) => ({ name, gauge: { dataPoints: [point] } });
const GOOD = gauge('good', { timeUnixNano: NS, asDouble: 7 });

describe('200: one odd value costs nothing of what came with it', () => {
  const odd = (point: object) => gauge('odd', { timeUnixNano: NS, asDouble: 1, ...point });
  const exponential = (point: object) => ({
    name: 'odd',
    exponentialHistogram: {
      aggregationTemporality: 1,
      dataPoints: [{ timeUnixNano: NS, count: '2', sum: 5, min: 0.5, max: 4.5, ...point }],
    },
  });
  const histogram = (point: object, aggregationTemporality = 1) => ({
    name: 'odd',
    histogram: { aggregationTemporality, dataPoints: [{ timeUnixNano: NS, ...point }] },
  });

  it.each<[string, unknown, number]>([
    ['NaN as a string', odd({ asDouble: 'NaN' }), 1],
    ['infinity as a string', odd({ asDouble: '-Infinity' }), 1],
    ['infinity in an attribute', odd({ attributes: [{ key: 'a', value: { doubleValue: 'Infinity' } }] }), 0],
    ['a double as a string', odd({ asDouble: '7.5' }), 0],
    ['null for what is not there', odd({ attributes: null, asInt: null, flags: null, timeUnixNano: null }), 0],
    ['a time of half a nanosecond', odd({ timeUnixNano: 0.5 }), 1],
    ['a time beyond all dates', odd({ timeUnixNano: 1e300 }), 1],
    ['a time that is text', odd({ timeUnixNano: 'soon' }), 1],
    ['a value that is an object', odd({ asDouble: {} }), 1],
    ['more than sums can hold', odd({ asDouble: 1.7e308 }), 1],
    ['a point that is no object', gauge('odd', 'point'), 1],
    ['a metric that is none', null, 0],
    ['a metric without a name', { gauge: { dataPoints: [{ timeUnixNano: NS, asDouble: 1 }] } }, 1],
    ['a histogram without count', histogram({ explicitBounds: [1, 2] }, 2), 0],
    ['half a count', histogram({ count: 0.5, sum: 1 }), 1],
    ['buckets that do not belong to the bounds', histogram({ count: 1, bucketCounts: [1], explicitBounds: [1] }), 1],
    ['bounds out of order', histogram({ count: 1, bucketCounts: [0, 1, 0], explicitBounds: [2, 1] }), 1],
    ['an exponential histogram without scale', exponential({ positive: { offset: -1, bucketCounts: ['1', '1'] } }), 0],
    ['scale -10', exponential({ scale: -10, positive: { offset: -1, bucketCounts: ['1', '1'] } }), 0],
    ['a bucket up to 2^1024', exponential({ scale: 0, positive: { offset: 1023, bucketCounts: ['1'] } }), 0],
    ['an offset beyond all', exponential({ scale: 20, positive: { offset: 2 ** 31, bucketCounts: ['1'] } }), 0],
    ['a scale that is none', exponential({ scale: 'x' }), 1],
    ['that nothing was recorded', odd({ flags: 1, asDouble: 0 }), 0],
    [
      '40 attributes',
      odd({ attributes: Array.from({ length: 40 }, (_, i) => ({ key: `a${i}`, value: { intValue: '1' } })) }),
      1,
    ],
  ])('%s', async (_what, metric, rejected) => {
    const { status, body } = await json([metric, GOOD]);
    expect(status).toBe(200);
    expect(Number(body.partialSuccess?.rejectedDataPoints ?? 0)).toBe(rejected);
    if (rejected > 0) expect(body.partialSuccess.errorMessage).toMatch(/odd|name/);
    expect(await ask('good')).toEqual([7]);
  });

  it('whatever JSON stands in its place', async () => {
    const whole = deps;
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (metric, point) => {
        let kept = 0;
        const write = async (rows: readonly unknown[]) => void (kept += rows.length);
        deps = { ...whole, segments: { ...whole.segments, write } };
        const { status } = await json([metric, gauge('odd', point), { name: 'odd', histogram: point }, GOOD]);
        expect(status).toBe(200);
        expect(kept).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('a stale marker between two counts is no count', async () => {
    const counter = (count: number, flags = 0) => histogram({ count, sum: count, flags }, 2);
    await json([counter(60_000)]);
    await json([counter(0, 1)]);
    expect(await ask('odd.count', 'min')).toEqual([60_000]);
  });

  it('series that differ in their 20th attribute, or behind the 256th character of one, stay two', async () => {
    const attributes = (route: string) => [
      ...Array.from({ length: 19 }, (_, i) => ({ key: `a${i}`, value: { stringValue: 'x' } })),
      { key: 'route', value: { stringValue: route } },
    ];
    for (const route of ['one', 'two', `${'x'.repeat(300)}1`, `${'x'.repeat(300)}2`]) {
      const { body } = await json([odd({ asDouble: 1, attributes: attributes(route) })]);
      expect(body).toEqual({});
    }
    const { body } = await invoke(handler, 'GET /api/monitoring/metrics', {
      caller: anna,
      query: { name: 'odd', groupBy: 'route' },
    });
    expect(body.items).toHaveLength(4);
  });
});

describe('200: quantiles of histograms', () => {
  const DEFAULT_BOUNDS = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
  const histogramOf = (values: readonly number[], bounds: readonly number[], extra: object = {}) => ({
    name: 'h',
    histogram: {
      aggregationTemporality: 1,
      dataPoints: [
        {
          timeUnixNano: NS,
          count: values.length,
          sum: values.reduce((a, b) => a + b, 0),
          explicitBounds: bounds,
          bucketCounts: [...bounds, Infinity].map(
            (bound, i) => values.filter((v) => v <= bound && v > (bounds[i - 1] ?? -Infinity)).length,
          ),
          ...extra,
        },
      ],
    },
  });

  it('are interpolated within a bucket as Prometheus does', async () => {
    await json([histogramOf([...Array(100).keys()], DEFAULT_BOUNDS)]);
    // histogram_quantile(0.5): rank 50, of which 26 lie up to 25 and 51 up to 50.
    expect(await ask('h', 'p50')).toEqual([25 + (25 * (50 - 26)) / 25]);
    expect(await ask('h', 'p90')).toEqual([75 + (25 * (90 - 76)) / 24]);
  });

  it('are the mean where one bucket takes all and no extremes are known', async () => {
    await json([
      {
        name: 'h',
        histogram: {
          aggregationTemporality: 1,
          dataPoints: [{ timeUnixNano: NS, count: '5', sum: 50, bucketCounts: ['5'], explicitBounds: [] }],
        },
      },
    ]);
    for (const of of ['avg', 'p50', 'p99', 'max']) {
      const [value = 0] = await ask('h', of);
      expect(Math.abs(value - 10)).toBeLessThan(0.2);
    }
  });
});

const root = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceMetrics: { rule: 'repeated', type: 'Resource', id: 1 } } },
    Resource: { fields: { scopeMetrics: { rule: 'repeated', type: 'Scope', id: 2 } } },
    Scope: { fields: { metrics: { rule: 'repeated', type: 'Metric', id: 2 } } },
    Metric: { fields: { name: { type: 'string', id: 1 }, gauge: { type: 'Gauge', id: 5 } } },
    Gauge: { fields: { dataPoints: { rule: 'repeated', type: 'Point', id: 1 } } },
    Point: { fields: { timeUnixNano: { type: 'fixed64', id: 3 }, asDouble: { type: 'double', id: 4 } } },
    Response: { fields: { partialSuccess: { type: 'Partial', id: 1 } } },
    Partial: { fields: { rejectedDataPoints: { type: 'int64', id: 1 }, errorMessage: { type: 'string', id: 2 } } },
    Status: { fields: { code: { type: 'int32', id: 1 }, message: { type: 'string', id: 2 } } },
  },
});
const encoded = (dataPoints: readonly object[], name = 'proto') => {
  const type = root.lookupType('Request');
  const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints } }] }] }] };
  return Buffer.from(type.encode(type.fromObject(request)).finish());
};
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const answered = (name: string, text: string, encoding: BufferEncoding = 'latin1') =>
  root.lookupType(name).toObject(root.lookupType(name).decode(Buffer.from(text, encoding)), { longs: Number });

describe('200: quantiles of an SDK that exports as it does by default', () => {
  const stood = clock.now();
  afterEach(() => clock.set(stood));

  /** Records, and hands on to the route what the SDK sends, as it sends it. */
  const exportsOf = async (
    Exporter: typeof JsonExporter | typeof ProtobufExporter,
    temporality: 'cumulative' | 'delta',
    rounds: readonly (readonly number[])[],
    buckets: 'explicit' | 'exponential' = 'explicit',
  ) => {
    const answers: unknown[] = [];
    const server = createServer((request, response) => {
      void (async () => {
        const bytes = Buffer.concat((await request.toArray()) as Buffer[]);
        clock.set(new Date());
        const { status, body } = await post(bytes, { 'content-type': request.headers['content-type'] ?? '' });
        answers.push([status, Object.keys(body ?? {}).length]);
        response.writeHead(status, { 'content-type': request.headers['content-type'] ?? '' }).end();
      })();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`;
    const temporalityPreference = AggregationTemporalityPreference[temporality === 'delta' ? 'DELTA' : 'CUMULATIVE'];
    const exporter = new Exporter({ url, compression: 'gzip' as never, temporalityPreference });
    const type =
      buckets === 'explicit' ? AggregationType.EXPLICIT_BUCKET_HISTOGRAM : AggregationType.EXPONENTIAL_HISTOGRAM;
    const provider = new MeterProvider({
      views: [{ instrumentName: 'checkout', aggregation: { type } }],
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
    });
    const histogram = provider.getMeter('shop').createHistogram('checkout');
    for (const values of rounds) {
      for (const each of values) histogram.record(each);
      await provider.forceFlush();
    }
    await provider.shutdown();
    server.close();
    return answers;
  };
  const ROUNDS = [0, 1, 2, 3].map((round) => [...Array(100).keys()].filter((i) => i % 4 === round));

  // One step for all, at whatever time this runs.
  const figure = async (aggregation: string) => {
    const query = { name: 'checkout', aggregation, step: '604800' };
    const { body } = await invoke(handler, 'GET /api/monitoring/metrics', { caller: anna, query });
    return (body as { items: { points: { value: number }[] }[] }).items[0]?.points.at(-1)?.value ?? NaN;
  };

  it.each([
    ['json', 'cumulative', JsonExporter],
    ['json', 'delta', JsonExporter],
    ['protobuf', 'cumulative', ProtobufExporter],
    ['protobuf', 'delta', ProtobufExporter],
  ] as const)('in %s, %s', async (_, temporality, Exporter) => {
    const answers = await exportsOf(Exporter, temporality, ROUNDS);
    expect(answers).toEqual(Array(answers.length).fill([200, 0]));
    expect(answers.length).toBeGreaterThanOrEqual(ROUNDS.length);
    expect(await figure('count')).toBe(100);
    expect(await figure('sum')).toBe(4_950);
    expect(await figure('min')).toBe(0);
    expect(await figure('max')).toBe(99);
    expect(await figure('p50')).toBeCloseTo(49, 9);
    expect(await figure('p90')).toBeCloseTo(75 + (24 * (90 - 76)) / 24, 9);
  });

  it.each([
    ['json', 'cumulative', JsonExporter],
    ['protobuf', 'cumulative', ProtobufExporter],
    ['protobuf', 'delta', ProtobufExporter],
  ] as const)(
    'in %s, %s, with exponential buckets whose scale follows the values',
    async (_, temporality, Exporter) => {
      const answers = await exportsOf(Exporter, temporality, ROUNDS, 'exponential');
      expect(answers).toEqual(Array(answers.length).fill([200, 0]));
      expect(await figure('count')).toBe(100);
      expect(await figure('sum')).toBe(4_950);
      expect(await figure('min')).toBe(0);
      expect(await figure('max')).toBe(99);
      expect(Math.abs((await figure('p50')) - 49)).toBeLessThan(3);
      expect(Math.abs((await figure('p90')) - 89)).toBeLessThan(5);
    },
  );
});

describe('an export in protobuf', () => {
  const point = { timeUnixNano: NS, asDouble: 3 };

  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['by gzip', gzipSync],
    ['by deflate', deflateSync],
  ])('200: is kept, %s, and answered in protobuf', async (_how, compress) => {
    const answer = await post(compress(encoded([point])), PROTOBUF);
    expect(answer).toMatchObject({ status: 200, text: '', headers: PROTOBUF });
    expect(await ask('proto')).toEqual([3]);
  });

  it.each([2, 127, 128, 1_000])('200: reports that %i points are no numbers', async (times) => {
    const points = Array.from({ length: times }, () => ({ ...point, asDouble: NaN }));
    const { status, text } = await post(encoded([...points, point]), PROTOBUF);
    const { partialSuccess } = answered('Response', text, times < 128 ? 'latin1' : 'base64');
    expect([status, partialSuccess.rejectedDataPoints]).toEqual([200, times]);
    expect(partialSuccess.errorMessage).toContain('proto is no number');
    expect(await ask('proto')).toEqual([3]);
  });

  it.each([
    ['no message', Buffer.from('not protobuf'), 400, 'body.malformed'],
    ['one that is cut', encoded([point]).subarray(0, 20), 400, 'body.malformed'],
    ['too much when it is inflated', gzipSync(Buffer.alloc(5 * 1024 * 1024, 0)), 413, 'body.too_large'],
    ['a damaged gzip', gzipSync(encoded([point])).subarray(0, 15), 400, 'body.malformed'],
  ])('refuses %s as google.rpc.Status', async (_what, bytes, status, code) => {
    const answer = await post(bytes, PROTOBUF);
    expect(answer).toMatchObject({ status, headers: PROTOBUF });
    expect(answered('Status', answer.text)).toMatchObject({
      code: expect.any(Number),
      message: expect.stringContaining(code),
    });
  });

  it.each(['text/plain', 'application/xml', ''])('415: another media type, %j', async (type) => {
    expect(await post(encoded([point]), { 'content-type': type })).toMatchObject({
      status: 415,
      body: { code: 'body.unsupported_media_type', detail: expect.stringContaining('application/x-protobuf') },
    });
  });
});

describe('400: what is no export at all', () => {
  it.each([
    ['', 'body.missing'],
    ['{', 'body.malformed'],
    ['[]', 'body.invalid'],
    ['{"resourceMetrics":7}', 'body.invalid'],
  ])('%j', async (text, code) => {
    const answer = await post(Buffer.from(text), { 'content-type': 'application/json' });
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });
});
