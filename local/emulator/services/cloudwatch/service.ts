import type { Assembly, Lambdas, LocalClock } from '../../types.ts';
import { AwsError, unknownOperation } from '../core/aws-error.ts';
import type { JsonApi } from '../dispatch.ts';
import type { Queues } from '../sqs/queues.ts';
import { alarmsAt } from './alarms.ts';
import { embeddedMetricsIn } from './embedded.ts';
import { metricsInMemory, type MetricId } from './metrics.ts';

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

interface Query {
  readonly Id: string;
  readonly Label?: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions?: Dimension[] };
    readonly Period: number;
    readonly Stat: string;
  };
}

interface Datum {
  readonly MetricName: string;
  readonly Dimensions?: Dimension[];
  readonly Timestamp?: number;
  readonly Value?: number;
  readonly Values?: number[];
  readonly Counts?: number[];
}

interface Input {
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly ScanBy?: string;
  readonly MetricDataQueries?: readonly Query[];
  readonly Namespace?: string;
  readonly MetricName?: string;
  /** Of a question; the value may be left open. */
  readonly Dimensions?: readonly { readonly Name: string; readonly Value?: string }[];
  readonly NextToken?: string;
  readonly MetricData?: readonly Datum[];
  readonly AlarmNames?: readonly string[];
  readonly AlarmNamePrefix?: string;
  readonly StateValue?: string;
  readonly MaxRecords?: number;
}

const MINUTE_MS = 60_000;
const METRICS_A_PAGE = 500;
const dimensionsOf = (list: readonly Dimension[] = []): Record<string, string> =>
  Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));

/**
 * CloudWatch in memory: what is put or written into logs, what functions and queues of the run do, and the template's alarms as they are at this
 * moment. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
 */
export const startCloudWatch = (options: {
  readonly assembly: Assembly;
  readonly lambdas: Lambdas;
  readonly queues: Queues;
  readonly clock: LocalClock;
}): JsonApi => {
  const { assembly, lambdas, queues, clock } = options;
  const metrics = metricsInMemory();
  const startedAt = clock.now();
  let sampledMinute = 0;

  /** CloudWatch hears of queues once a minute; here whenever something happened, and when somebody asks. */
  const sample = (): void => {
    const now = clock.now();
    sampledMinute = Math.floor(now / MINUTE_MS);
    for (const queue of queues.all) {
      const { visible, inFlight, delayed } = queue.counts();
      const of = (name: string): MetricId => ({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queue.name } });
      metrics.record(of('ApproximateNumberOfMessagesVisible'), now, [visible]);
      metrics.record(of('ApproximateNumberOfMessagesNotVisible'), now, [inFlight]);
      metrics.record(of('ApproximateNumberOfMessagesDelayed'), now, [delayed]);
      metrics.record(of('ApproximateAgeOfOldestMessage'), now, [queue.oldestSeconds()]);
    }
  };

  lambdas.onSettled((FunctionName, { failed, throttled = false, durationMs }) => {
    const now = clock.now();
    // Lambda counts by function, and over all functions of the account.
    for (const dimensions of [[['FunctionName', FunctionName]], []]) {
      const of = (name: string): MetricId => ({
        namespace: 'AWS/Lambda',
        name,
        dimensions: Object.fromEntries(dimensions) as MetricId['dimensions'],
      });
      metrics.record(of('Throttles'), now, [throttled ? 1 : 0]);
      if (throttled) continue;
      metrics.record(of('Invocations'), now, [1]);
      metrics.record(of('Errors'), now, [failed ? 1 : 0]);
      metrics.record(of('Duration'), now, [durationMs]);
    }
    if (Math.floor(now / MINUTE_MS) > sampledMinute) sample();
  });

  lambdas.onLine((_, line) => {
    for (const { metric, at, values } of embeddedMetricsIn(line)) metrics.record(metric, at, values);
  });

  const operations: Readonly<Record<string, (input: Input) => object>> = {
    PutMetricData: ({ Namespace = '', MetricData = [] }) => {
      if (Namespace === '') throw new AwsError('InvalidParameterValue', 'The parameter Namespace is required.');
      for (const { MetricName, Dimensions, Timestamp, Value, Values, Counts } of MetricData) {
        const metric = { namespace: Namespace, name: MetricName, dimensions: dimensionsOf(Dimensions) };
        const at = Timestamp === undefined ? clock.now() : Timestamp * 1000;
        metrics.record(metric, at, Value === undefined ? (Values ?? []) : [Value], Counts);
      }
      return {};
    },
    GetMetricData: ({ StartTime = 0, EndTime = 0, ScanBy, MetricDataQueries = [] }) => {
      if (StartTime >= EndTime) throw new AwsError('ValidationError', 'StartTime must be less than EndTime.');
      sample();
      return {
        Messages: [],
        MetricDataResults: MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map(
          ({ Id, Label, MetricStat }) => {
            if (!MetricStat) throw new AwsError('ValidationError', `The local run computes no expressions: ${Id}`);
            const { Metric, Period, Stat } = MetricStat;
            const metric = {
              namespace: Metric.Namespace,
              name: Metric.MetricName,
              dimensions: dimensionsOf(Metric.Dimensions),
            };
            const points = [...metrics.read(metric, Stat, Period * 1000, StartTime * 1000, EndTime * 1000)];
            if (ScanBy !== 'TimestampAscending') points.reverse();
            return {
              Id,
              Label: Label ?? Metric.MetricName,
              Timestamps: points.map(({ at }) => at / 1000),
              Values: points.map(({ value }) => value),
              StatusCode: 'Complete',
            };
          },
        ),
      };
    },
    ListMetrics: ({ Namespace, MetricName, Dimensions = [], NextToken }) => {
      sample();
      const wanted = metrics
        .list()
        .filter(({ namespace, name }) => namespace === (Namespace ?? namespace) && name === (MetricName ?? name))
        .filter(({ dimensions }) =>
          Dimensions.every(({ Name, Value }) => Name in dimensions && dimensions[Name] === (Value ?? dimensions[Name])),
        );
      const start = Number(NextToken ?? 0);
      return {
        Metrics: wanted.slice(start, start + METRICS_A_PAGE).map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
        ...(start + METRICS_A_PAGE < wanted.length && { NextToken: String(start + METRICS_A_PAGE) }),
      };
    },
    DescribeAlarms: ({ AlarmNames, AlarmNamePrefix = '', StateValue, MaxRecords = 50 }) => {
      sample();
      const wanted = alarmsAt(assembly, metrics, clock.now(), startedAt)
        .filter(({ name }) => name.startsWith(AlarmNamePrefix) && (AlarmNames?.includes(name) ?? true))
        .filter(({ state }) => StateValue === undefined || state === StateValue);
      return {
        MetricAlarms: wanted.slice(0, MaxRecords).map(({ name, arn, description, state, reason }) => ({
          AlarmName: name,
          AlarmArn: arn,
          AlarmDescription: description,
          StateValue: state,
          StateReason: reason,
        })),
      };
    },
  };

  return {
    handle: async (operation, input) => {
      const run = operations[operation];
      if (!run) throw unknownOperation(`cloudwatch.${operation}`);
      return run(input as Input);
    },
  };
};
