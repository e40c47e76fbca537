import * as z from 'zod/mini';
import { Dimensions, MAX_DIMENSIONS, MetricName, timeRefusal } from './point.ts';
import { rollupOfOne, type Rollup } from './rollup.ts';
import { sketchOfValues } from './sketch.ts';
import type { Measured } from './segment.ts';

/*
 * Metrics as an OpenTelemetry SDK exports them over HTTP in JSON.
 * https://opentelemetry.io/docs/specs/otlp/, https://github.com/open-telemetry/opentelemetry-proto (metrics.proto)
 */

const Int64 = z.union([z.string().check(z.regex(/^-?\d{1,20}$/)), z.number()]);
const AnyValue = z.looseObject({
  stringValue: z.optional(z.string()),
  boolValue: z.optional(z.boolean()),
  intValue: z.optional(Int64),
  doubleValue: z.optional(z.number()),
});
const Attributes = z.optional(z.array(z.looseObject({ key: z.string(), value: z.optional(AnyValue) })));
const Temporality = z.optional(z.union([z.int(), z.string()]));
const common = { attributes: Attributes, timeUnixNano: z.optional(Int64) };
const NumberPoint = z.looseObject({ ...common, asDouble: z.optional(z.number()), asInt: z.optional(Int64) });
const HistogramPoint = z.looseObject({
  ...common,
  count: Int64,
  sum: z.optional(z.number()),
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  bucketCounts: z.optional(z.array(Int64)),
  explicitBounds: z.optional(z.array(z.number())),
});
const Buckets = z.optional(z.looseObject({ offset: z.optional(z.int()), bucketCounts: z.optional(z.array(Int64)) }));
const ExponentialPoint = z.looseObject({
  ...common,
  count: Int64,
  sum: z.optional(z.number()),
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  scale: z.int(),
  zeroCount: z.optional(Int64),
  positive: Buckets,
  negative: Buckets,
});
const SummaryPoint = z.looseObject({ ...common, count: Int64, sum: z.optional(z.number()) });

const points = <T extends z.ZodMiniType>(point: T) =>
  z.optional(z.looseObject({ dataPoints: z.optional(z.array(point)), aggregationTemporality: Temporality }));

const Metric = z.looseObject({
  name: z.string(),
  unit: z.optional(z.string()),
  gauge: points(NumberPoint),
  sum: points(NumberPoint),
  histogram: points(HistogramPoint),
  exponentialHistogram: points(ExponentialPoint),
  summary: points(SummaryPoint),
});
type Metric = z.infer<typeof Metric>;

export const ExportMetrics = z.looseObject({
  resourceMetrics: z.optional(
    z.array(
      z.looseObject({
        resource: z.optional(z.looseObject({ attributes: Attributes })),
        scopeMetrics: z.optional(z.array(z.looseObject({ metrics: z.optional(z.array(Metric)) }))),
      }),
    ),
  ),
});
export type ExportMetrics = z.infer<typeof ExportMetrics>;

/** Attributes of a resource that tell series apart. The others (SDK, process, operating system) are left out. */
const RESOURCE_ATTRIBUTES = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
  'service.version',
  'deployment.environment',
  'deployment.environment.name',
  'host.name',
  'k8s.namespace.name',
  'k8s.pod.name',
]);

export interface Taken {
  readonly measured: readonly Measured[];
  /** Data points that could not be taken, and the first reason. */
  readonly rejected: number;
  readonly reason: string | undefined;
}

/**
 * The measurements in an export. Gauges and sums give their value; a histogram whose temporality is delta gives its whole
 * distribution, by the middles of its buckets; one that is cumulative gives the counters `name.count` and `name.sum`, as
 * does a summary. What is no number, or of another time, is rejected by itself.
 */
export const taken = (request: ExportMetrics, now: Date): Taken => {
  const measured: Measured[] = [];
  const reasons: string[] = [];
  for (const { resource, scopeMetrics = [] } of request.resourceMetrics ?? []) {
    const shared = attributesOf(resource?.attributes).filter(([key]) => RESOURCE_ATTRIBUTES.has(key));
    for (const metric of scopeMetrics.flatMap(({ metrics = [] }) => metrics)) {
      for (const { attributes, timeUnixNano, name, rollup } of observationsIn(metric)) {
        const at = timeUnixNano === undefined ? now : new Date(Number(BigInt(timeUnixNano) / 1_000_000n));
        const dimensions = Object.fromEntries([...shared, ...attributesOf(attributes)].slice(0, MAX_DIMENSIONS));
        const made = rollup(at);
        const reason =
          (MetricName.safeParse(name).success ? undefined : `${name} is no name of a metric`) ??
          (Dimensions.safeParse(dimensions).success ? undefined : `${name} has attributes that cannot be dimensions`) ??
          (made && [made.sum, made.min, made.max, made.last].every(Number.isFinite)
            ? undefined
            : `${name} is no number`) ??
          timeRefusal(at, now);
        if (reason !== undefined || !made) reasons.push(reason ?? `${name} tells nothing`);
        else
          measured.push({
            name,
            unit: (metric.unit ?? '').slice(0, 32),
            dimensions,
            start: at.getTime(),
            rollup: made,
          });
      }
    }
  }
  return { measured, rejected: reasons.length, reason: reasons[0] };
};

type Attribute = NonNullable<z.infer<typeof Attributes>>[number];
const attributesOf = (attributes: readonly Attribute[] = []): [string, string][] =>
  attributes.flatMap(({ key, value }): [string, string][] => {
    const text = value?.stringValue ?? value?.boolValue ?? value?.intValue ?? value?.doubleValue;
    return text === undefined ? [] : [[key, String(text).slice(0, 256)]];
  });

interface Observation {
  readonly name: string;
  readonly attributes?: readonly Attribute[] | undefined;
  readonly timeUnixNano?: string | number | undefined;
  readonly rollup: (at: Date) => Rollup | undefined;
}

const isDelta = (temporality: z.infer<typeof Temporality>): boolean =>
  temporality === 1 || temporality === 'AGGREGATION_TEMPORALITY_DELTA';

const observationsIn = (metric: Metric): Observation[] => [
  ...[...(metric.gauge?.dataPoints ?? []), ...(metric.sum?.dataPoints ?? [])].map((point) => ({
    ...place(metric.name, point),
    rollup: (at: Date) => rollupOfOne(Number(point.asDouble ?? point.asInt ?? Number.NaN), at),
  })),
  ...(metric.histogram?.dataPoints ?? []).flatMap((point) =>
    isDelta(metric.histogram?.aggregationTemporality)
      ? [{ ...place(metric.name, point), rollup: (at: Date) => distribution(point, explicitValues(point), at) }]
      : counters(metric.name, point),
  ),
  ...(metric.exponentialHistogram?.dataPoints ?? []).flatMap((point) =>
    isDelta(metric.exponentialHistogram?.aggregationTemporality)
      ? [{ ...place(metric.name, point), rollup: (at: Date) => distribution(point, exponentialValues(point), at) }]
      : counters(metric.name, point),
  ),
  ...(metric.summary?.dataPoints ?? []).flatMap((point) => counters(metric.name, point)),
];

const place = (name: string, { attributes, timeUnixNano }: z.infer<typeof NumberPoint> | Counted) => ({
  name,
  attributes,
  timeUnixNano,
});

type Counted = z.infer<typeof SummaryPoint>;

const counters = (name: string, point: Counted): Observation[] => [
  { ...place(`${name}.count`, point), rollup: (at) => rollupOfOne(Number(point.count), at) },
  ...(point.sum === undefined
    ? []
    : [{ ...place(`${name}.sum`, point), rollup: (at: Date) => rollupOfOne(point.sum ?? 0, at) }]),
];

type Weighted = readonly [value: number, weight: number];

const distribution = (
  point: Counted & { readonly min?: number | undefined; readonly max?: number | undefined },
  values: readonly Weighted[],
  at: Date,
): Rollup | undefined => {
  const count = Number(point.count);
  if (count <= 0) return undefined;
  const seen = values.filter(([, weight]) => weight > 0).map(([value]) => value);
  const sum = point.sum ?? values.reduce((total, [value, weight]) => total + value * weight, 0);
  const mean = sum / count;
  return {
    count,
    sum,
    min: point.min ?? (seen.length > 0 ? Math.min(...seen) : mean),
    max: point.max ?? (seen.length > 0 ? Math.max(...seen) : mean),
    last: mean,
    lastAt: at.getTime(),
    sketch: sketchOfValues(values.length > 0 ? values : [[mean, count]]),
  };
};

/** A bucket's values are taken as its middle; the open ones at both ends as the known extreme, else as their bound. */
const explicitValues = ({
  bucketCounts = [],
  explicitBounds: bounds = [],
  min,
  max,
}: z.infer<typeof HistogramPoint>): Weighted[] =>
  bucketCounts.map((weight, i) => {
    const low = bounds[i - 1] ?? min ?? bounds[i] ?? 0;
    const high = bounds[i] ?? max ?? low;
    return [(low + high) / 2, Number(weight)];
  });

const exponentialValues = ({
  scale,
  zeroCount = 0,
  positive,
  negative,
}: z.infer<typeof ExponentialPoint>): Weighted[] => {
  const base = 2 ** (2 ** -scale);
  const side = (buckets: z.infer<typeof Buckets>, sign: number): Weighted[] =>
    (buckets?.bucketCounts ?? []).map((weight, i) => {
      const low = base ** ((buckets?.offset ?? 0) + i);
      return [(sign * (low + low * base)) / 2, Number(weight)];
    });
  return [...side(positive, 1), ...side(negative, -1), [0, Number(zeroCount)]];
};
