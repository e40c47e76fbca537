import { deflateSync, gzipSync } from 'node:zlib';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTocsin, type Client, type Tocsin } from '../support/tocsin.ts';

const HOUR_MS = 3_600_000;

let tocsin: Tocsin;
let admin: Client;
let key: string;
beforeAll(async () => {
  // Shortly before an hour is over, so that not much has to pass until nothing of it is taken any more.
  const nextHour = Math.ceil((Date.now() + 300_000) / HOUR_MS) * HOUR_MS;
  tocsin = await startTocsin({ startsAt: new Date(nextHour - 300_000) });
  admin = await tocsin.admin();
  const made = await admin.post<{ key: string }>('/api/api-keys', {
    name: 'shop',
    permissions: ['monitoring.write', 'monitoring.read'],
  });
  key = made.body.key;
});
afterAll(() => tocsin.stop());

describe('metrics over HTTP', () => {
  test.each([
    ['json', 'none', JsonExporter],
    ['json', 'gzip', JsonExporter],
    ['protobuf', 'none', ProtobufExporter],
    ['protobuf', 'gzip', ProtobufExporter],
  ])('an OpenTelemetry SDK exports in %s, compressed by %s', async (encoding, compression, Exporter) => {
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop' }),
      readers: [
        new PeriodicExportingMetricReader({
          exporter: new Exporter({
            url: `${tocsin.url}/v1/metrics`,
            headers: { authorization: `Bearer ${key}` },
            compression: compression as never,
          }),
          exportIntervalMillis: 3_600_000,
        }),
      ],
    });
    const meter = provider.getMeter('shop');
    meter.createCounter(`orders.${encoding}.${compression}`).add(3, { country: 'de' });
    meter.createGauge(`queue.depth.${encoding}.${compression}`, { unit: '1' }).record(7);
    meter.createHistogram(`checkout.duration.${encoding}.${compression}`, { unit: 'ms' }).record(120);
    await provider.forceFlush();
    await provider.shutdown();

    const latest = async (name: string) => {
      const { body } = await admin.get<{ items: { dimensions: object; points: { value: number }[] }[] }>(
        `/api/monitoring/metrics?name=${name}&aggregation=last&groupBy=service.name`,
      );
      return body.items.map(({ dimensions, points }) => [dimensions, points.at(-1)?.value]);
    };
    expect(await latest(`orders.${encoding}.${compression}`)).toEqual([[{ 'service.name': 'shop' }, 3]]);
    expect(await latest(`queue.depth.${encoding}.${compression}`)).toEqual([[{ 'service.name': 'shop' }, 7]]);
    expect(await latest(`checkout.duration.${encoding}.${compression}.sum`)).toEqual([
      [{ 'service.name': 'shop' }, 120],
    ]);
  });

  test('a body that is too large when it is inflated is refused, as are one that is damaged and an unknown coding', async () => {
    const status = async (body: Buffer, coding: string) => {
      const response = await fetch(`${tocsin.url}/v1/metrics`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'content-encoding': coding,
        },
        body,
      });
      return response.status;
    };
    const small = Buffer.from('{"resourceMetrics":[]}');
    expect(await status(gzipSync(small), 'gzip')).toBe(200);
    expect(await status(deflateSync(small), 'deflate')).toBe(200);
    expect(await status(gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')), 'gzip')).toBe(413);
    expect(await status(gzipSync(Buffer.from(`{"a":"${'x'.repeat(5_000_000)}"}`)), 'gzip')).toBe(413);
    expect(await status(gzipSync(small).subarray(0, 12), 'gzip')).toBe(400);
    expect(await status(small, 'br')).toBe(415);
  });

  test('a caller without the permission is refused, and nothing is stored', async () => {
    const viewer = await tocsin.user('vera', ['viewer']);
    expect((await viewer.post('/api/monitoring/metrics', { points: [{ name: 'x', value: 1 }] })).status).toBe(403);
    expect((await tocsin.as().post('/v1/metrics', {})).status).toBe(401);
  });

  test('hours that are over are answered from their blocks', async () => {
    await admin.post('/api/monitoring/metrics', {
      points: [
        { name: 'kept', value: 5 },
        { name: 'kept', value: 7 },
      ],
    });
    const from = new Date(tocsin.runtime.clock.now() - HOUR_MS).toISOString();
    // Its points are taken for 65 minutes more, and hours are closed each hour.
    await tocsin.pass(130 * 60);
    const later = await tocsin.admin();
    const { body } = await later.get<{ items: { points: { value: number }[] }[] }>(
      `/api/monitoring/metrics?name=kept&aggregation=sum&step=3600&from=${encodeURIComponent(from)}`,
    );
    expect(body.items.flatMap(({ points }) => points.map(({ value }) => value))).toEqual([12]);
  });
});
