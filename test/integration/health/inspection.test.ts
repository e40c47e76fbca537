import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Inspected } from '../../../shared/aws/inspected.ts';
import { startCloudWatch } from '../../../local/emulator/services/cloudwatch/service.ts';
import { openQueues, type Queues } from '../../../local/emulator/services/sqs/queues.ts';
import { STAGE_METRICS, STAGE_SERVICE } from '../../../shared/aws/stage-metrics.ts';
import { assemblyOf, lambdasOf, queue, resource, testClock } from '../local-services/support.ts';

vi.hoisted(() =>
  Object.assign(process.env, {
    POWERTOOLS_METRICS_NAMESPACE: 'Tocsin/test',
    POWERTOOLS_SERVICE_NAME: 'health-inspect',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_DEV: 'true',
  }),
);

/** Files of this project share their modules, and a metric reads its settings when it is made. */
beforeAll(() => {
  vi.resetModules();
});

const INSPECTED: Inspected = {
  queues: [{ name: 'work' }, { name: 'wake', holdsBackSeconds: 900 }],
  deadLetters: ['dead'],
  scheduled: ['tick'],
  everyMinute: ['tick', 'audit'],
  readers: ['reader'],
};

/** The alarms on metrics of the stage, as the template has them (`test/infra/alarms.test.ts`). */
const ALARMS = Object.values(STAGE_METRICS).map(({ name, statistic }) =>
  resource('AWS::CloudWatch::Alarm', name, `arn:${name}`, {
    Namespace: 'Tocsin/test',
    MetricName: name,
    Statistic: statistic,
    Dimensions: [{ Name: 'service', Value: STAGE_SERVICE }],
    Period: 300,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  }),
);

let clock: ReturnType<typeof testClock>;
let queues: Queues;
let lambdas: ReturnType<typeof lambdasOf>;
let asked: number;
/** An inspection after so many minutes, and the alarms that ring then. */
let inspectAfter: (minutes: number) => Promise<readonly string[]>;

beforeEach(async () => {
  clock = testClock();
  // Which functions ran is looked for in the first minutes of a quarter of an hour: these tests begin behind them, at any time of day.
  await clock.advance(((20 - (new Date(clock.now()).getUTCMinutes() % 15)) % 15) * 60_000);
  vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now());
  const assembly = assemblyOf(queue('work'), queue('wake'), queue('dead'), ...ALARMS);
  queues = openQueues(assembly, clock, undefined);
  lambdas = lambdasOf({});
  asked = 0;
  const api = startCloudWatch({ assembly, lambdas, queues, clock });
  const ask = (operation: string, input: object) =>
    api.handle(operation, input as never, AbortSignal.timeout(5_000)) as Promise<never>;
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    // CloudWatch takes the time of the log, which here is that of the moved clock.
    const entry = JSON.parse(line) as { _aws: object };
    lambdas.write('inspect', JSON.stringify({ ...entry, _aws: { ...entry._aws, Timestamp: clock.now() } }));
  });
  const { inspection } = await import('../../../functions/health/schedules/inspect.ts');
  const inspect = inspection(() => ({
    inspected: INSPECTED,
    visibleIn: (name) => Promise.resolve(queues.find(name)?.counts().visible ?? 0),
    cloudWatch: {
      getMetricData: async (input) => {
        asked += input.MetricDataQueries?.length ?? 0;
        const seconds = (date: Date | undefined) => (date?.getTime() ?? 0) / 1000;
        return ask('GetMetricData', {
          ...input,
          StartTime: seconds(input.StartTime),
          EndTime: seconds(input.EndTime),
        });
      },
    },
  }));
  inspectAfter = async (minutes) => {
    // CloudWatch samples queues each minute.
    for (let minute = 0; minute < minutes; minute++) {
      await clock.advance(60_000);
      await ask('ListMetrics', {});
    }
    await inspect({ time: new Date(clock.now()).toISOString() });
    const { MetricAlarms } = await ask('DescribeAlarms', { StateValue: 'ALARM' });
    return (MetricAlarms as { AlarmName: string }[]).map(({ AlarmName }) => AlarmName);
  };
});
afterEach(() => {
  queues.stop();
  clock.stop();
  vi.restoreAllMocks();
});

test('nothing rings while all is well, and CloudWatch is asked for two metrics', async () => {
  lambdas.settle('tick');
  lambdas.settle('reader');
  expect(await inspectAfter(5)).toEqual([]);
  expect(asked).toBe(2);
});

test('a dead letter rings until it is gone', async () => {
  queues.find('dead')?.send({ body: 'x' });
  expect(await inspectAfter(0)).toEqual(['DeadLetters']);
  expect(await inspectAfter(5)).toEqual(['DeadLetters']);
  queues.find('dead')?.takeVisible(10);
  await inspectAfter(5);
  expect(await inspectAfter(6)).toEqual([]);
});

test('a message that no function receives rings after five minutes, and where senders hold messages back after as much more', async () => {
  queues.find('work')?.send({ body: 'x' });
  expect(await inspectAfter(5)).toEqual([]);
  expect(await inspectAfter(5)).toEqual(['LateSeconds']);
  queues.find('work')?.takeVisible(10);
  queues.find('wake')?.send({ body: 'x' });
  expect(await inspectAfter(15)).toEqual([]);
  expect(await inspectAfter(10)).toEqual(['LateSeconds']);
});

test('a failed run of a schedule rings; CloudWatch is asked for the metrics of each function only then', async () => {
  await clock.advance(60_000);
  lambdas.settle('tick', true);
  lambdas.settle('tick');
  expect(await inspectAfter(4)).toEqual(['FunctionFaults']);
  // Two over all functions, and the errors of each of two.
  expect(asked).toBe(4);
});

test('a reader that crashes each time rings; one that runs through in between does not, since its message is tried again', async () => {
  lambdas.settle('reader', true);
  lambdas.settle('reader');
  expect(await inspectAfter(4)).toEqual([]);
  await inspectAfter(5);
  lambdas.settle('reader', true);
  lambdas.settle('reader', true);
  expect(await inspectAfter(4)).toEqual(['FunctionFaults']);
});

test('a function that is throttled rings, and one of another application does not', async () => {
  const { inspect } = await import('../../../functions/health/inspection/inspect.ts');
  const throttled = (name: string) => ({
    inspected: INSPECTED,
    visibleIn: () => Promise.resolve(0),
    cloudWatch: {
      getMetricData: ({ MetricDataQueries = [] }: { readonly MetricDataQueries?: readonly object[] | undefined }) =>
        Promise.resolve({
          MetricDataResults: MetricDataQueries.map((query) => {
            const text = JSON.stringify(query);
            const isTold = text.includes('Throttles') && (text.includes(`"${name}"`) || !text.includes('Dimensions'));
            return { Id: (query as { Id: string }).Id, Values: isTold ? [1, 2] : [0] };
          }),
        }),
    },
  });
  const at = new Date('2026-11-30T03:05:00Z');
  expect((await inspect(throttled('reader'), at)).faults).toEqual([{ fn: 'reader', failed: 0, throttled: 3 }]);
  expect((await inspect(throttled('shop'), at)).faults).toEqual([]);
});

test('a function that should run each minute and has not for a quarter of an hour rings, with its name', async () => {
  const quarter = async (...running: readonly string[]): Promise<readonly string[]> => {
    do {
      await clock.advance(60_000);
      for (const fn of running) lambdas.settle(fn);
    } while (new Date(clock.now()).getUTCMinutes() % 15 !== 0);
    return inspectAfter(0);
  };
  await quarter('tick', 'audit');
  expect(await quarter('tick', 'audit')).toEqual([]);
  await quarter('audit');
  expect(await quarter('audit')).toEqual(['FunctionFaults']);
  const { inspect } = await import('../../../functions/health/inspection/inspect.ts');
  const written: string[] = [];
  const ask = (runs: Readonly<Record<string, number>>, at: string) =>
    inspect(
      {
        inspected: INSPECTED,
        visibleIn: () => Promise.resolve(0),
        cloudWatch: {
          getMetricData: ({ MetricDataQueries = [] }) => {
            written.push(...MetricDataQueries.map((query) => JSON.stringify(query)));
            return Promise.resolve({
              MetricDataResults: MetricDataQueries.map(({ Id, MetricStat }) => ({
                Id,
                Values: [runs[MetricStat?.Metric?.Dimensions?.[0]?.Value ?? ''] ?? 0],
              })),
            });
          },
        },
      },
      new Date(at),
    );
  expect((await ask({ audit: 15 }, '2026-11-30T03:15:00Z')).silent).toEqual(['tick']);
  expect((await ask({ audit: 15, tick: 1 }, '2026-11-30T03:15:00Z')).silent).toEqual([]);
  // CloudWatch is late where nothing runs at all, and is asked each quarter of an hour.
  expect((await ask({}, '2026-11-30T03:15:00Z')).silent).toEqual([]);
  written.length = 0;
  expect((await ask({ audit: 15 }, '2026-11-30T03:20:00Z')).silent).toEqual([]);
  expect(written.join(' ')).not.toContain('Invocations');
});

test('while CloudWatch refuses, dead letters ring all the same, and the inspection fails, which has an alarm', async () => {
  const { inspection } = await import('../../../functions/health/schedules/inspect.ts');
  const written: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void written.push(line));
  const failing = inspection(() => ({
    inspected: INSPECTED,
    visibleIn: (name) => Promise.resolve(name === 'dead' ? 3 : 0),
    cloudWatch: { getMetricData: () => Promise.reject(new Error('CloudWatch is down')) },
  }));
  await expect(failing({ time: '2026-11-30T03:05:00Z' })).rejects.toThrow('CloudWatch is down');
  const metrics = written.filter((line) => line.includes(STAGE_METRICS.deadLetters.name));
  expect(metrics.map((line) => (JSON.parse(line) as Record<string, unknown>)[STAGE_METRICS.deadLetters.name])).toEqual([
    3,
  ]);
});

test('while CloudWatch is an hour late, dead letters ring, and nothing rings because figures are missing', async () => {
  const { inspect } = await import('../../../functions/health/inspection/inspect.ts');
  const hourLate = {
    inspected: INSPECTED,
    visibleIn: (name: string) => Promise.resolve(name === 'dead' || name === 'work' ? 1 : 0),
    cloudWatch: {
      getMetricData: ({ MetricDataQueries = [] }: { readonly MetricDataQueries?: readonly object[] | undefined }) =>
        Promise.resolve({
          MetricDataResults: MetricDataQueries.map((query) => ({ Id: (query as { Id: string }).Id, Values: [] })),
        }),
    },
  };
  expect(await inspect(hourLate, new Date('2026-11-30T03:05:00Z'))).toEqual({
    deadLetters: [{ queue: 'dead', letters: 1 }],
    late: [],
    faults: [],
    silent: [],
  });
});

test('inspections read minutes that CloudWatch has settled, each of them once', async () => {
  const { inspect } = await import('../../../functions/health/inspection/inspect.ts');
  const read: (string | undefined)[] = [];
  const deps = {
    inspected: INSPECTED,
    visibleIn: () => Promise.resolve(0),
    cloudWatch: {
      getMetricData: ({ StartTime, EndTime }: { readonly StartTime?: Date; readonly EndTime?: Date }) => {
        read.push(StartTime?.toISOString(), EndTime?.toISOString());
        return Promise.resolve({ MetricDataResults: [] });
      },
    },
  };
  // A schedule begins some seconds late.
  for (const at of ['2026-11-30T03:05:00Z', '2026-11-30T03:10:07Z']) await inspect(deps as never, new Date(at));
  expect(read).toEqual([
    '2026-11-30T02:58:00.000Z',
    '2026-11-30T03:03:00.000Z',
    '2026-11-30T03:03:00.000Z',
    '2026-11-30T03:08:00.000Z',
  ]);
});
