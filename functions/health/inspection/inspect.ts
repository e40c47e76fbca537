import type { CloudWatch, MetricDataQuery } from '../../../shared/aws/cloudwatch.ts';
import { INSPECTED_MINUTES, SILENCE_MINUTES, type Inspected } from '../../../shared/aws/inspected.ts';

export interface InspectDeps {
  readonly inspected: Inspected;
  /** Messages of a queue that a reader would receive now. */
  readonly visibleIn: (queue: string) => Promise<number>;
  readonly cloudWatch: Pick<CloudWatch, 'getMetricData'>;
}

/** What was found wrong. */
export interface Findings {
  readonly deadLetters: readonly { readonly queue: string; readonly letters: number }[];
  /** Queues whose oldest message waits too long, by so many seconds. */
  readonly late: readonly { readonly queue: string; readonly seconds: number }[];
  readonly faults: readonly { readonly fn: string; readonly failed: number; readonly throttled: number }[];
  /** Functions that should run each minute, and have not run for a quarter of an hour. */
  readonly silent: readonly string[];
  /** Why CloudWatch could not be read. What the queues say themselves is known all the same. */
  readonly unread?: Error;
}

const MINUTE_MS = 60_000;
/** CloudWatch has the metrics of a minute within two more. */
const SETTLED_MINUTES = 2;
/** A message may wait so long after it was due. */
const MAY_WAIT_SECONDS = 300;

/**
 * Looks for trouble that no function can report of itself: dead letters, a queue that nobody reads, a function that crashes or is
 * throttled, a function that does not run. CloudWatch charges for each metric that it is asked for, so it is asked for two over all functions of the account, and
 * for those of a function or a queue only where these, or a waiting message, give a reason. `at` is the minute of the schedule:
 * inspections follow each other without a gap.
 */
export const inspect = async (deps: InspectDeps, at: Date): Promise<Findings> => {
  const { inspected, visibleIn } = deps;
  const visible = async (queue: string) => ({ queue, letters: await visibleIn(queue) });
  const [letters, waiting] = await Promise.all([
    Promise.all(inspected.deadLetters.map(visible)),
    Promise.all(inspected.queues.map(async (queue) => ({ ...queue, messages: await visibleIn(queue.name) }))),
  ]);
  const full = waiting.filter(({ messages }) => messages > 0);
  const [late, faults, silent] = await Promise.allSettled([
    lateIn(deps, full, at),
    faultsIn(deps, at),
    silentIn(deps, at),
  ]);
  const unread = [late, faults, silent].find((each) => each.status === 'rejected');
  return {
    deadLetters: letters.filter((each) => each.letters > 0),
    late: late.status === 'fulfilled' ? late.value : [],
    faults: faults.status === 'fulfilled' ? faults.value : [],
    silent: silent.status === 'fulfilled' ? silent.value : [],
    ...(unread && { unread: unread.reason as Error }),
  };
};

const lateIn = async (
  { cloudWatch }: InspectDeps,
  queues: Inspected['queues'],
  at: Date,
): Promise<Findings['late']> => {
  const ages = await read(
    cloudWatch,
    at,
    queues.map(({ name }) => ageOf(name)),
  );
  return queues
    .map(({ name, holdsBackSeconds = 0 }, i) => ({
      queue: name,
      seconds: Math.max(0, ...(ages[i] ?? [])) - holdsBackSeconds - MAY_WAIT_SECONDS,
    }))
    .filter(({ seconds }) => seconds > 0);
};

/**
 * A scheduled function must not fail at all, since nothing waits for it. A reader is repeated, so it is at fault where every run
 * failed: one that ran through reports itself what is late.
 */
const faultsIn = async ({ cloudWatch, inspected }: InspectDeps, at: Date): Promise<Findings['faults']> => {
  const functions = [...inspected.scheduled, ...inspected.readers];
  const sumsOf = async (metric: string, of: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    const values = await read(
      cloudWatch,
      at,
      of.map((fn) => ofFunctions(metric, fn)),
    );
    return new Map(of.map((fn, i) => [fn, sum(values[i])]));
  };
  const [errors, throttles] = await read(cloudWatch, at, [ofFunctions('Errors'), ofFunctions('Throttles')]);
  const [failed, throttled] = await Promise.all([
    sumsOf('Errors', sum(errors) > 0 ? functions : []),
    sumsOf('Throttles', sum(throttles) > 0 ? functions : []),
  ]);
  const runs = await sumsOf(
    'Invocations',
    inspected.readers.filter((fn) => (failed.get(fn) ?? 0) > 0),
  );
  return functions
    .map((fn) => {
      const failures = failed.get(fn) ?? 0;
      const isAtFault = failures === (runs.get(fn) ?? failures);
      return { fn, failed: isAtFault ? failures : 0, throttled: throttled.get(fn) ?? 0 };
    })
    .filter((each) => each.failed + each.throttled > 0);
};

/**
 * Looked for each quarter of an hour. Where all are silent CloudWatch is late: were schedules stopped, there would be no inspection
 * either, which has an alarm.
 */
const silentIn = async ({ cloudWatch, inspected }: InspectDeps, at: Date): Promise<Findings['silent']> => {
  if (at.getUTCMinutes() % SILENCE_MINUTES >= INSPECTED_MINUTES) return [];
  const { everyMinute } = inspected;
  const asked = everyMinute.map((fn) => ofFunctions('Invocations', fn));
  const runs = await read(cloudWatch, at, asked, SILENCE_MINUTES);
  const silent = everyMinute.filter((_, i) => sum(runs[i]) === 0);
  return silent.length < everyMinute.length ? silent : [];
};

const sum = (values: readonly number[] = []): number => values.reduce((total, value) => total + value, 0);

type Asked = Pick<NonNullable<MetricDataQuery['MetricStat']>, 'Metric' | 'Stat'>;

const ofFunctions = (MetricName: string, fn?: string): Asked => ({
  Metric: {
    Namespace: 'AWS/Lambda',
    MetricName,
    ...(fn !== undefined && { Dimensions: [{ Name: 'FunctionName', Value: fn }] }),
  },
  Stat: 'Sum',
});

const ageOf = (queue: string): Asked => ({
  Metric: {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [{ Name: 'QueueName', Value: queue }],
  },
  Stat: 'Maximum',
});

/** The values of metrics by the minute, for the minutes of an inspection, or for more of them. */
const read = async (
  cloudWatch: InspectDeps['cloudWatch'],
  at: Date,
  asked: readonly Asked[],
  minutes = INSPECTED_MINUTES,
): Promise<readonly (readonly number[])[]> => {
  if (asked.length === 0) return [];
  const end = (Math.floor(at.getTime() / MINUTE_MS) - SETTLED_MINUTES) * MINUTE_MS;
  const { MetricDataResults = [] } = await cloudWatch.getMetricData({
    StartTime: new Date(end - minutes * MINUTE_MS),
    EndTime: new Date(end),
    MetricDataQueries: asked.map((MetricStat, i) => ({ Id: `m${i}`, MetricStat: { ...MetricStat, Period: 60 } })),
  });
  return asked.map((_, i) => MetricDataResults.find(({ Id }) => Id === `m${i}`)?.Values ?? []);
};
