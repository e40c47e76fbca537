import * as z from 'zod/mini';
import { Instant } from '../../../shared/kernel/instant.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { KnownMetric } from './list-metrics.ts';
import { ExportMetrics } from './otlp.ts';
import { PROTOBUF, refusedAsStatus } from './otlp-protobuf.ts';
import { MAX_DIMENSIONS, MAX_EXPORT_BYTES, MetricName, SentPoints } from './point.ts';
import { AskedMany, ManySeries } from './many.ts';
import { AggregationName, MAX_STEP_SECONDS, Series } from './query.ts';
import { queryInteger } from '../../../shared/http/list.ts';

const list = (most: number) =>
  z
    .optional(
      z.pipe(
        z.string().check(z.maxLength(2_048)),
        z.transform((text: string) => text.split(',').filter((each) => each !== '')),
      ),
    )
    .check(z.refine((names) => names === undefined || names.length <= most, `at most ${most}`));

const MAX_BATCH_BYTES = 1024 * 1024;

export const routes = defineRoutes({
  recordMetrics: {
    method: 'POST',
    path: '/api/monitoring/metrics',
    findsItsEffect: true,
    summary: 'Record metrics, up to 1,000 points a call',
    description:
      'All points are recorded or none. A point without a timestamp counts as of now. A timestamp may be five minutes ahead and an hour old. A ' +
      'batch in which every point has a timestamp counts once, however often it is sent. So does any batch with the header ' +
      'Idempotency-Key.',
    permission: 'monitoring.write',
    maxBodyBytes: MAX_BATCH_BYTES,
    body: SentPoints,
    example: {
      points: [
        {
          name: 'checkout.latency',
          value: 182.5,
          unit: 'ms',
          dimensions: { region: 'eu-central-1' },
          timestamp: '2026-11-21T03:00:00Z',
        },
      ],
    },
    success: {
      status: 202,
      description: 'All points are recorded',
      body: z.object({ recorded: z.int() }),
      example: { recorded: 1 },
    },
    problems: { 400: ['metrics.time', 'metrics.cardinality'] },
  },
  queryMetrics: {
    method: 'GET',
    path: '/api/monitoring/metrics',
    summary: 'Query a metric, or expose all metrics to Prometheus',
    description:
      'With Accept: text/plain the latest value of every series that was observed in the last five minutes, in the text format ' +
      'of Prometheus. Otherwise one metric over time: dimensions is `region:eu,host:a`, groupBy is `region,host`, step is in ' +
      'seconds, rate is for counters and takes resets into account.',
    permission: 'monitoring.read',
    query: z.strictObject({
      name: z.optional(MetricName),
      from: z.optional(Instant),
      to: z.optional(Instant),
      step: z.optional(queryInteger(60, MAX_STEP_SECONDS)),
      aggregation: z._default(AggregationName, 'avg'),
      dimensions: list(MAX_DIMENSIONS),
      groupBy: list(MAX_DIMENSIONS),
    }),
    success: {
      status: 200,
      description: 'A series for each group',
      otherTypes: {
        'text/plain': { example: '# TYPE checkout_latency gauge\ncheckout_latency{region="eu-central-1"} 182.5\n' },
      },
      body: z.object({ items: z.array(Series), step: z.int() }),
      example: {
        items: [
          {
            name: 'checkout.latency',
            unit: 'ms',
            dimensions: { region: 'eu-central-1' },
            points: [{ at: '2026-11-21T03:00:00.000Z', value: 182.5 }],
          },
        ],
        step: 60,
      },
    },
    problems: { 400: ['metrics.range', 'metrics.too_many', 'metrics.name_missing'] },
  },
  queryManyMetrics: {
    method: 'POST',
    path: '/api/monitoring/metrics/queries',
    summary: 'Query up to 40 metrics in one call, as a dashboard shows them',
    description:
      'Each query answers at most 200 steps of the twelve series that reach highest, and says how many it left out. One that is refused ' +
      'has its reason, and stops no other.',
    permission: 'monitoring.read',
    body: AskedMany,
    example: {
      queries: [{ name: 'checkout.latency', aggregation: 'p95', dimensions: { region: 'eu-central-1' }, groupBy: [] }],
    },
    success: {
      status: 200,
      description: 'An answer to each query, in their order',
      body: z.object({ items: z.array(ManySeries) }),
      example: {
        items: [
          {
            series: [
              {
                name: 'checkout.latency',
                unit: 'ms',
                dimensions: {},
                points: [{ at: '2026-11-21T03:00:00.000Z', value: 182.5 }],
              },
            ],
            leftOut: 0,
            step: 60,
            refused: null,
          },
        ],
      },
    },
  },
  listMetrics: {
    method: 'GET',
    path: '/api/monitoring/metrics/names',
    summary: 'List the metrics of the last hour, with the values of their dimensions',
    description: 'By name, at most 15 seconds old, with at most fifty values of each dimension.',
    permission: 'monitoring.read',
    success: {
      status: 200,
      description: 'The metrics',
      body: z.object({ items: z.array(KnownMetric) }),
      example: {
        items: [
          {
            name: 'checkout.latency',
            unit: 'ms',
            series: 1,
            lastAt: '2026-11-21T03:00:00.000Z',
            dimensions: { region: ['eu-central-1'] },
          },
        ],
      },
    },
  },
  exportMetrics: {
    method: 'POST',
    path: '/v1/metrics',
    summary: 'Record metrics of an OpenTelemetry SDK (OTLP/HTTP, protobuf or JSON)',
    description:
      'Set OTEL_EXPORTER_OTLP_ENDPOINT to this host, OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf or http/json, and the header ' +
      'authorization to Bearer with a key that has monitoring.write. The body may be compressed by gzip or deflate. Data points ' +
      'that cannot be recorded are reported as a partial success, with reasons and their number. The answer is in the encoding ' +
      'of the request.',
    permission: 'monitoring.write',
    tolerant: true,
    maxBodyBytes: MAX_EXPORT_BYTES,
    body: ExportMetrics,
    bytesBody: [PROTOBUF],
    refusalByMediaType: { [PROTOBUF]: refusedAsStatus },
    example: {
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'queue.depth',
                  unit: '1',
                  gauge: { dataPoints: [{ timeUnixNano: '1795230000000000000', asInt: '7' }] },
                },
              ],
            },
          ],
        },
      ],
    },
    success: {
      status: 200,
      description: 'The export is recorded, in full or in part',
      body: z.object({
        partialSuccess: z.optional(z.object({ rejectedDataPoints: z.string(), errorMessage: z.string() })),
      }),
      example: {},
      otherTypes: { [PROTOBUF]: 'bytes' },
    },
  },
});
