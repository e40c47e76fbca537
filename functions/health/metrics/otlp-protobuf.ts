import protobuf from 'protobufjs/light.js';
import { wholeDetail } from '../../../shared/http/problem.ts';
import type { RefusalShape } from '../../../shared/http/route.ts';
import { invalid } from '../../../shared/kernel/errors.ts';

/*
 * The messages of OTLP that metrics travel in, with the fields that are read.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */

export const PROTOBUF = 'application/x-protobuf';

type Field = readonly [type: string, id: number, rule?: 'repeated'];

const message = (fields: Readonly<Record<string, Field>>, oneofs: Readonly<Record<string, string[]>> = {}) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, ...(rule && { rule }) }]),
  ),
  oneofs: Object.fromEntries(Object.entries(oneofs).map(([name, oneof]) => [name, { oneof }])),
});

const times = { timeUnixNano: ['fixed64', 3] } as const;
const spread = { min: ['double', 11], max: ['double', 12] } as const;

const root = protobuf.Root.fromJSON({
  nested: {
    ExportMetricsServiceRequest: message({ resourceMetrics: ['ResourceMetrics', 1, 'repeated'] }),
    ResourceMetrics: message({ resource: ['Resource', 1], scopeMetrics: ['ScopeMetrics', 2, 'repeated'] }),
    Resource: message({ attributes: ['KeyValue', 1, 'repeated'] }),
    ScopeMetrics: message({ metrics: ['Metric', 2, 'repeated'] }),
    Metric: message({
      name: ['string', 1],
      unit: ['string', 3],
      gauge: ['Numbers', 5],
      sum: ['Numbers', 7],
      histogram: ['Histograms', 9],
      exponentialHistogram: ['ExponentialHistograms', 10],
      summary: ['Summaries', 11],
    }),
    Numbers: message({ dataPoints: ['NumberDataPoint', 1, 'repeated'], aggregationTemporality: ['int32', 2] }),
    Histograms: message({ dataPoints: ['HistogramDataPoint', 1, 'repeated'], aggregationTemporality: ['int32', 2] }),
    ExponentialHistograms: message({
      dataPoints: ['ExponentialHistogramDataPoint', 1, 'repeated'],
      aggregationTemporality: ['int32', 2],
    }),
    Summaries: message({ dataPoints: ['SummaryDataPoint', 1, 'repeated'] }),
    NumberDataPoint: message(
      {
        ...times,
        asDouble: ['double', 4],
        asInt: ['sfixed64', 6],
        attributes: ['KeyValue', 7, 'repeated'],
        flags: ['uint32', 8],
      },
      { value: ['asDouble', 'asInt'] },
    ),
    HistogramDataPoint: message({
      ...times,
      ...spread,
      startTimeUnixNano: ['fixed64', 2],
      count: ['fixed64', 4],
      sum: ['double', 5],
      bucketCounts: ['fixed64', 6, 'repeated'],
      explicitBounds: ['double', 7, 'repeated'],
      attributes: ['KeyValue', 9, 'repeated'],
      flags: ['uint32', 10],
    }),
    ExponentialHistogramDataPoint: message({
      ...times,
      attributes: ['KeyValue', 1, 'repeated'],
      startTimeUnixNano: ['fixed64', 2],
      count: ['fixed64', 4],
      sum: ['double', 5],
      scale: ['sint32', 6],
      zeroCount: ['fixed64', 7],
      positive: ['Buckets', 8],
      negative: ['Buckets', 9],
      flags: ['uint32', 10],
      min: ['double', 12],
      max: ['double', 13],
    }),
    Buckets: message({ offset: ['sint32', 1], bucketCounts: ['uint64', 2, 'repeated'] }),
    SummaryDataPoint: message({
      ...times,
      count: ['fixed64', 4],
      sum: ['double', 5],
      attributes: ['KeyValue', 7, 'repeated'],
      flags: ['uint32', 8],
    }),
    KeyValue: message({ key: ['string', 1], value: ['AnyValue', 2] }),
    AnyValue: message(
      {
        stringValue: ['string', 1],
        boolValue: ['bool', 2],
        intValue: ['int64', 3],
        doubleValue: ['double', 4],
        arrayValue: ['bytes', 5],
        kvlistValue: ['bytes', 6],
        bytesValue: ['bytes', 7],
      },
      { value: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'] },
    ),
    ExportMetricsServiceResponse: message({ partialSuccess: ['ExportMetricsPartialSuccess', 1] }),
    ExportMetricsPartialSuccess: message({ rejectedDataPoints: ['int64', 1], errorMessage: ['string', 2] }),
    Status: message({ code: ['int32', 1], message: ['string', 2] }),
  },
});

/** An export in protobuf, in the shape of the one in JSON. Throws `body.malformed`. */
export const decodedExport = (bytes: Uint8Array): unknown => {
  const type = root.lookupType('ExportMetricsServiceRequest');
  try {
    return type.toObject(type.decode(bytes), { longs: String, bytes: String });
  } catch (error) {
    throw invalid('body.malformed', `The body is not an ExportMetricsServiceRequest: ${reasonOf(error)}`);
  }
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'it cannot be read');

/** Answers are to be ASCII, and short enough for each length to be one byte: then the gateway can pass them on as text. */
const MAX_MESSAGE = 100;
const short = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, MAX_MESSAGE);

interface PartialSuccess {
  readonly rejectedDataPoints: string;
  readonly errorMessage: string;
}

/** The answer to an export: nothing where all was kept. */
export const encodedAnswer = (partialSuccess: PartialSuccess | undefined): Uint8Array =>
  encoded(
    'ExportMetricsServiceResponse',
    partialSuccess
      ? {
          partialSuccess: {
            rejectedDataPoints: Number(partialSuccess.rejectedDataPoints),
            errorMessage: short(partialSuccess.errorMessage),
          },
        }
      : {},
  );

const encoded = (name: string, value: object): Uint8Array => {
  const type = root.lookupType(name);
  return type.encode(type.fromObject(value)).finish();
};

/** Numbers of google.rpc.Code by HTTP status. */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  413: 8,
  415: 3,
  429: 8,
  503: 14,
};
const UNKNOWN = 2;

/** A refusal as OTLP has it: google.rpc.Status. https://opentelemetry.io/docs/specs/otlp/#failures-1 */
export const refusedAsStatus: RefusalShape = (problem) => ({
  status: problem.status,
  headers: { 'content-type': PROTOBUF },
  body: encoded('Status', {
    code: CODES[problem.status] ?? UNKNOWN,
    message: short(`${problem.code}: ${wholeDetail(problem)}`),
  }),
});
