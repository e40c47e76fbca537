import { deflateSync, gzipSync } from 'node:zlib';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Client, Tocsin } from '../../support/tocsin.ts';
import { product } from './product.ts';

let tocsin: Tocsin;
let admin: Client;
let key: string;
beforeAll(async () => {
  tocsin = await product();
  admin = await tocsin.admin();
  const made = await admin.post<{ key: string }>('/api/api-keys', {
    name: 'shop',
    permissions: ['monitoring.write', 'monitoring.read'],
  });
  key = made.body.key;
});

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
    const viewer = await tocsin.user('vito', ['viewer']);
    expect((await viewer.post('/api/monitoring/metrics', { points: [{ name: 'x', value: 1 }] })).status).toBe(403);
    expect((await tocsin.as().post('/v1/metrics', {})).status).toBe(401);
  });
});
