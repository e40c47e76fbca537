import * as z from 'zod/mini';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { counted, instantIn, listIn, numberIn, objectIn, pointCountOf, textIn, type Json } from './otlp-json.ts';
import { totalIn, valuesIn, type Weighted } from './buckets.ts';
import { exponentialValues } from './exponential.ts';
import { explicitBuckets, exponentialIn, extremesOf, finite } from './otlp-buckets.ts';
import { Dimensions, isCountable, MetricName, timeRefusal } from './point.ts';
import { rollupOfOne, rollupOfState, type Cumulative, type Rollup } from './rollup.ts';
import { sketchOfValues } from './sketch.ts';
import type { Measured } from './segment.ts';

/*
 * Metrics as an OpenTelemetry SDK exports them over HTTP, in JSON or in protobuf, which is read into the same shape. Fields are
 * read leniently, each data point by itself: what one of them has wrong costs none of the others.
 * https://opentelemetry.io/docs/specs/otlp/, https://github.com/open-telemetry/opentelemetry-proto (metrics.proto)
 */

/** What the API's document says of an export. Nothing is refused by it but what is no export at all. */
export const ExportMetrics = z.looseObject({
  resourceMetrics: z.optional(z.nullable(z.array(z.looseObject({ scopeMetrics: z.optional(z.unknown()) })))),
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

/** A series of an export may have more attributes than a point of ours has dimensions: SDKs add those of the resource. */
const MAX_ATTRIBUTES = 32;
const MAX_TEXT = 256;
/**
 * Buckets of a cumulative histogram whose states are stored, on each side of zero for an exponential one. SDKs have 15 bounds by
 * default, and 160 exponential buckets.
 */
const MAX_BUCKETS = 160;

export interface Taken {
  readonly measured: readonly Measured[];
  /** Data points that could not be taken. */
  readonly rejected: number;
  /** Why, the most frequent reasons with how often each; undefined where all were taken. */
  readonly reason: string | undefined;
}

/** What a data point comes to: measurements, none where it says that nothing was recorded, or why it cannot be taken. */
type Outcome = readonly Measured[] | string;

/**
 * The measurements in an export. Gauges and sums give their value; a histogram whose temporality is delta gives its whole
 * distribution; one that is cumulative gives the counters `name.count` and `name.sum`, as does a summary, and its state. What is no number, or of another time, is rejected by itself.
 */
export const taken = (request: unknown, now: Date): Taken => {
  const measured: Measured[] = [];
  const reasons = new Map<string, number>();
  const reject = (reason: string, points = 1): void => void reasons.set(reason, (reasons.get(reason) ?? 0) + points);
  for (const resourceMetrics of listIn(objectIn(request)['resourceMetrics'])) {
    const { resource, scopeMetrics } = objectIn(resourceMetrics);
    const shared = attributesOf(objectIn(resource)['attributes']).filter(([key]) => RESOURCE_ATTRIBUTES.has(key));
    for (const metric of listIn(scopeMetrics)
      .flatMap((scope) => listIn(objectIn(scope)['metrics']))
      .map(objectIn)) {
      const name = textIn(metric['name']) ?? '';
      if (!MetricName.safeParse(name).success) {
        reject(`${shown(name)} is no name of a metric`, pointCountOf(metric));
        continue;
      }
      for (const [kind, holder] of KINDS.map((each) => [each, objectIn(metric[each])] as const)) {
        const isDelta = DELTA.has(holder['aggregationTemporality']);
        for (const point of listIn(holder['dataPoints']).map(objectIn)) {
          const outcome = takenOf({ name, unit: textIn(metric['unit']) ?? '', kind, isDelta, shared }, point, now);
          if (typeof outcome === 'string') reject(outcome);
          else measured.push(...outcome);
        }
      }
    }
  }
  const told = [...reasons].sort(([, a], [, b]) => b - a);
  return {
    measured,
    rejected: told.reduce((sum, [, times]) => sum + times, 0),
    reason:
      told.length === 0
        ? undefined
        : told
            .slice(0, 3)
            .map(([reason, times]) => `${reason} (${times})`)
            .join('; '),
  };
};

const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;
const DELTA: ReadonlySet<unknown> = new Set([1, '1', 'AGGREGATION_TEMPORALITY_DELTA']);

/** The flag of a data point by which an SDK says that a series has ended: its value is none. */
const NO_RECORDED_VALUE = 1;

interface Series {
  readonly name: string;
  readonly unit: string;
  readonly kind: (typeof KINDS)[number];
  readonly isDelta: boolean;
  readonly shared: readonly (readonly [string, string])[];
}

const takenOf = ({ name, unit, kind, isDelta, shared }: Series, point: Json, now: Date): Outcome => {
  if (((numberIn(point['flags']) ?? 0) & NO_RECORDED_VALUE) !== 0) return [];
  const at = instantIn(point['timeUnixNano'], now);
  if (at === undefined) return `${name} has a time that is no whole number of nanoseconds`;
  const dimensions = Object.fromEntries([...shared, ...attributesOf(point['attributes'])]);
  if (Object.keys(dimensions).length > MAX_ATTRIBUTES) return `${name} has more than ${MAX_ATTRIBUTES} attributes`;
  if (Object.keys(dimensions).some((key) => !Dimensions.safeParse({ [key]: '' }).success)) {
    return `${name} has attributes that cannot be dimensions`;
  }
  const late = timeRefusal(at, now);
  if (late !== undefined) return `${name} ${late}`;
  const rollups = rollupsOf(kind, isDelta, point, at);
  if (typeof rollups === 'string') return `${name} ${rollups}`;
  return rollups.map(([suffix, rollup]) => ({
    name: `${name}${suffix}`,
    unit: unit.slice(0, 32),
    dimensions,
    start: at.getTime(),
    rollup,
  }));
};

type Named = readonly [suffix: string, rollup: Rollup];

const rollupsOf = (kind: Series['kind'], isDelta: boolean, point: Json, at: Date): readonly Named[] | string => {
  if (kind === 'gauge' || kind === 'sum') {
    const value = numberIn(point['asDouble'] ?? point['asInt']);
    return isCountable(value) ? [['', rollupOfOne(value, at)]] : 'is no number, or one that cannot be summed';
  }
  const count = counted(point['count']);
  const sum = numberIn(point['sum']);
  if (count === undefined) return 'has a count that is none';
  if (sum !== undefined && !isCountable(sum)) return 'has a sum that is no number';
  if (kind === 'summary' || !isDelta) {
    const counter: Named = ['.count', rollupOfOne(count, at)];
    const counters: Named[] = sum === undefined ? [counter] : [counter, ['.sum', rollupOfOne(sum, at)]];
    const state = kind === 'summary' ? undefined : stateIn(kind, point, at, count);
    return state ? [...counters, ['', rollupOfState(state)]] : counters;
  }
  if (count === 0) return [];
  const mean = sum === undefined ? undefined : sum / count;
  const told = { count, lastAt: at.getTime() };
  if (kind === 'histogram') {
    const buckets = explicitBuckets(point);
    if (!buckets) return 'has buckets that are none';
    const [min, max] = extremesOf(point, buckets);
    if (buckets.counts.length > 0 && buckets.counts.some((each) => each > 0)) {
      const total = sum ?? totalIn(valuesIn(buckets, min, max));
      return [['', { ...told, sum: total, min, max, last: total / count, buckets }]];
    }
    if (sum === undefined || mean === undefined) return 'tells neither a sum nor buckets';
    const extreme = (name: 'min' | 'max'): number => finite(point[name]) ?? mean;
    return [
      [
        '',
        { ...told, sum, min: extreme('min'), max: extreme('max'), last: mean, sketch: sketchOfValues([[mean, count]]) },
      ],
    ];
  }
  const exponential = exponentialIn(point);
  if (!exponential) return 'has buckets that are none';
  const values = exponentialValues(exponential, finite(point['min']) ?? -Infinity, finite(point['max']) ?? Infinity);
  if (values.length === 0 && mean === undefined) return 'tells neither a sum nor buckets';
  const all: readonly Weighted[] = values.length > 0 ? values : [[mean ?? 0, count]];
  const total = sum ?? totalIn(all);
  const extreme = (name: 'min' | 'max'): number =>
    finite(point[name]) ?? all.reduce((found, [value]) => Math[name](found, value), all[0]?.[0] ?? 0);
  const [min, max] = [extreme('min'), extreme('max')];
  return [['', { ...told, sum: total, min, max, last: total / count, sketch: sketchOfValues(all) }]];
};

/** The state of a cumulative histogram; none where it has too few or too many buckets for quantiles. */
const stateIn = (
  kind: 'histogram' | 'exponentialHistogram',
  point: Json,
  at: Date,
  count: number,
): Cumulative | undefined => {
  const distribution = kind === 'histogram' ? boundedBuckets(point) : boundedExponential(point);
  if (!distribution) return undefined;
  const started = numberIn(point['startTimeUnixNano']) ?? 0;
  const startAt = started > 0 ? instantIn(started, at)?.getTime() : undefined;
  return {
    at: at.getTime(),
    startAt,
    count,
    sum: finite(point['sum']),
    min: finite(point['min']),
    max: finite(point['max']),
    distribution,
  };
};

const boundedBuckets = (point: Json) => {
  const buckets = explicitBuckets(point);
  return buckets && buckets.bounds.length > 0 && buckets.bounds.length <= MAX_BUCKETS ? buckets : undefined;
};

const boundedExponential = (point: Json) => {
  const exponential = exponentialIn(point);
  if (!exponential) return undefined;
  const { positive, negative } = exponential;
  return Math.max(positive.counts.length, negative.counts.length) <= MAX_BUCKETS ? exponential : undefined;
};

const shown = (name: string): string => (name === '' ? 'a metric without name' : name.slice(0, 60));

/** Attributes by their names. What is longer than a dimension keeps its beginning, and a digest that tells it from others. */
const attributesOf = (attributes: unknown): [string, string][] =>
  listIn(attributes).flatMap((attribute): [string, string][] => {
    const { key, value } = objectIn(attribute);
    const text = attributeText(objectIn(value));
    return typeof key !== 'string' || text === undefined ? [] : [[key, shortened(text)]];
  });

const attributeText = (value: Json): string | undefined => {
  const found = Object.entries(value).find(([, each]) => each !== null && each !== undefined)?.[1];
  if (found === undefined) return undefined;
  return typeof found === 'object' ? JSON.stringify(found) : String(found);
};

const shortened = (text: string): string =>
  text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 18).toWellFormed()}… ${sha256(text).slice(0, 16)}`;
