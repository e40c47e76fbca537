import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCloudWatch } from '../../../local/emulator/services/cloudwatch/service.ts';
import { metricsInMemory } from '../../../local/emulator/services/cloudwatch/metrics.ts';
import { openQueues, type Queues } from '../../../local/emulator/services/sqs/queues.ts';
import { assemblyOf, lambdasOf, queue, resource, testClock } from './support.ts';

const signal = new AbortController().signal;
const alarm = (name: string, properties: object) =>
  resource('AWS::CloudWatch::Alarm', name, `arn:${name}`, {
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    ...properties,
  });
const dimensions = (Name: string, Value: string) => ({ Dimensions: [{ Name, Value }] });

let clock: ReturnType<typeof testClock>;
let queues: Queues;
let lambdas: ReturnType<typeof lambdasOf>;
let ask: (operation: string, input: object) => Promise<never>;
beforeEach(() => {
  clock = testClock();
  const assembly = assemblyOf(
    queue('dead'),
    alarm('t-dead', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      ...dimensions('QueueName', 'dead'),
    }),
    alarm('t-stuck', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Statistic: 'Maximum',
      Threshold: 120,
      ...dimensions('QueueName', 'dead'),
    }),
    alarm('t-errors', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      ...dimensions('FunctionName', 'shop'),
    }),
    alarm('t-silent', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      ...dimensions('FunctionName', 'tick'),
    }),
  );
  queues = openQueues(assembly, clock, undefined);
  lambdas = lambdasOf({});
  const api = startCloudWatch({ assembly, lambdas, queues, clock });
  ask = (operation, input) => api.handle(operation, input as never, signal) as Promise<never>;
});
afterEach(() => {
  queues.stop();
  clock.stop();
});

const ringing = async (): Promise<string[]> => {
  const { MetricAlarms } = await ask('DescribeAlarms', { AlarmNamePrefix: 't-', StateValue: 'ALARM' });
  return (MetricAlarms as { AlarmName: string }[]).map(({ AlarmName }) => AlarmName);
};

describe('alarms of the template', () => {
  test('ring by what queues hold and for how long, and are over when it is gone for a period', async () => {
    expect(await ringing()).toEqual([]);
    queues.find('dead')?.send({ body: 'x' });
    expect(await ringing()).toEqual(['t-dead']);
    await clock.advance(150_000);
    expect(await ringing()).toEqual(['t-dead', 't-stuck']);
    queues.find('dead')?.takeVisible(10);
    await clock.advance(301_000);
    expect(await ringing()).not.toContain('t-dead');
  });

  test('ring by functions that fail, and by one that is silent since before the period, not since the start', async () => {
    lambdas.settle('shop');
    expect(await ringing()).toEqual([]);
    lambdas.settle('shop', true);
    expect(await ringing()).toEqual(['t-errors']);
    await clock.advance(601_000);
    expect(await ringing()).toEqual(['t-silent']);
    lambdas.settle('tick');
    expect(await ringing()).toEqual([]);
  });
});

describe('metrics', () => {
  test('that functions embed in their logs are read, by each set of dimensions; other lines are not', async () => {
    const at = Math.floor(clock.now() / 60_000) * 60_000;
    const embedded = (over: object) =>
      JSON.stringify({
        _aws: {
          Timestamp: at,
          CloudWatchMetrics: [{ Namespace: 'Shop', Dimensions: [['service'], []], Metrics: [{ Name: 'Orders' }] }],
        },
        service: 'till',
        Orders: 3,
        ...over,
      });
    lambdas.write('till', embedded({}));
    lambdas.write('till', embedded({ Orders: [1, 2] }));
    lambdas.write('till', '{"message":"an \\"_aws\\" of somebody"}');
    lambdas.write('till', 'the "_aws" of a line that is no JSON');
    const read = async (Dimensions: object[]) => {
      const Metric = { Namespace: 'Shop', MetricName: 'Orders', Dimensions };
      const { MetricDataResults } = (await ask('GetMetricData', {
        StartTime: at / 1000,
        EndTime: at / 1000 + 60,
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
      })) as { MetricDataResults: { Values: number[] }[] };
      return MetricDataResults[0]?.Values;
    };
    expect(await read([{ Name: 'service', Value: 'till' }])).toEqual([6]);
    expect(await read([])).toEqual([6]);
    expect(await read([{ Name: 'service', Value: 'shop' }])).toEqual([]);
  });

  test('that are put are answered by period, latest first; an expression and an unknown operation are refused by name', async () => {
    const at = Math.floor(clock.now() / 60_000) * 60;
    const put = (Value: number, ago: number) =>
      ask('PutMetricData', { Namespace: 'N', MetricData: [{ MetricName: 'M', Value, Timestamp: at - ago }] });
    await put(1, 120);
    await put(3, 120);
    await put(7, 60);
    const MetricStat = { Metric: { Namespace: 'N', MetricName: 'M' }, Period: 60, Stat: 'Average' };
    const input = { StartTime: at - 300, EndTime: at, MetricDataQueries: [{ Id: 'm', MetricStat }] };
    expect(await ask('GetMetricData', input)).toMatchObject({
      MetricDataResults: [{ Id: 'm', Timestamps: [at - 60, at - 120], Values: [7, 2] }],
    });
    await expect(
      ask('GetMetricData', { ...input, MetricDataQueries: [{ Id: 'e', Expression: 'm*2' }] }),
    ).rejects.toMatchObject({ code: 'ValidationError' });
    await expect(ask('ListDashboards', {})).rejects.toMatchObject({ code: 'UnknownOperationException' });
  });

  test('have the statistics that a plain computation has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -50, max: 50 })), { minLength: 1 }),
        (observed) => {
          const metrics = metricsInMemory();
          const id = { namespace: 'n', name: 'm', dimensions: {} };
          for (const [minute, value] of observed) metrics.record(id, minute * 60_000, [value]);
          const all = observed.map(([, value]) => value).sort((a, b) => a - b);
          const sum = all.reduce((a, b) => a + b, 0);
          const one = (statistic: string) => metrics.read(id, statistic, 600_000, 0, 600_000)[0]?.value;
          expect(one('Sum')).toBe(sum);
          expect(one('Average')).toBe(sum / all.length);
          expect(one('SampleCount')).toBe(all.length);
          expect(one('Minimum')).toBe(all[0]);
          expect(one('Maximum')).toBe(all.at(-1));
          expect(one('p50')).toBe(all[Math.ceil(all.length / 2) - 1]);
          expect(metrics.read(id, 'Sum', 60_000, 0, 600_000).reduce((a, { value }) => a + value, 0)).toBe(sum);
        },
      ),
    );
  });
});

describe('the list of metrics', () => {
  test('names each that was observed, narrowed by namespace, name and dimensions, and is paged', async () => {
    const put = (MetricName: string, host: string) =>
      ask('PutMetricData', {
        Namespace: 'Shop',
        MetricData: [{ MetricName, Value: 1, Dimensions: [{ Name: 'host', Value: host }] }],
      });
    await put('Orders', 'a');
    await put('Orders', 'b');
    await put('Carts', 'a');
    const listed = async (input: object): Promise<string[]> => {
      const { Metrics } = (await ask('ListMetrics', input)) as {
        Metrics: { MetricName: string; Dimensions: { Value: string }[] }[];
      };
      return Metrics.map(({ MetricName, Dimensions }) => `${MetricName} ${Dimensions[0]?.Value}`);
    };
    expect(await listed({ Namespace: 'Shop' })).toEqual(['Orders a', 'Orders b', 'Carts a']);
    expect(await listed({ MetricName: 'Orders' })).toEqual(['Orders a', 'Orders b']);
    expect(await listed({ Dimensions: [{ Name: 'host', Value: 'a' }] })).toEqual(['Orders a', 'Carts a']);
    expect(await listed({ Namespace: 'Shop', Dimensions: [{ Name: 'host' }] })).toHaveLength(3);
    expect(await listed({ Namespace: 'Nowhere' })).toEqual([]);

    for (let i = 0; i < 600; i++) await put('Many', `h${i}`);
    const first = (await ask('ListMetrics', { MetricName: 'Many' })) as { Metrics: object[]; NextToken: string };
    expect(first.Metrics).toHaveLength(500);
    expect(await listed({ MetricName: 'Many', NextToken: first.NextToken })).toHaveLength(100);
  });
});
