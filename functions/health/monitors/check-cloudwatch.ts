import type { CloudWatch, MetricDataQuery, MetricDataResult } from '../../../shared/aws/cloudwatch.ts';
import { rollupOfOne } from '../metrics/rollup.ts';
import type { Measured } from '../metrics/segment.ts';
import type { CloudwatchCheck, SelfCheck } from './monitor.ts';
import type { CheckResult } from './state.ts';

export interface Asked extends CheckResult {
  /** Figures, still without the dimensions of their monitor. */
  readonly measured: readonly Measured[];
}

const HOLDS: Readonly<Record<'<' | '<=' | '>' | '>=', (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** The time of a check is over before CloudWatch answers. */
const within = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
};

type Query = CloudwatchCheck['queries'][number];

const asQuery = (query: Query): MetricDataQuery => {
  const { id, namespace = '', metricName = '', statistic = '', dimensions, expression, periodSeconds } = query;
  if (expression !== undefined) return { Id: id, Expression: expression, Period: periodSeconds, ReturnData: true };
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: namespace, MetricName: metricName, Dimensions };
  return { Id: id, MetricStat: { Metric, Period: periodSeconds, Stat: statistic }, ReturnData: true };
};

const refusalIn = (results: readonly MetricDataResult[]): string | undefined => {
  const refused = results.find(({ StatusCode }) => StatusCode === 'Forbidden' || StatusCode === 'InternalError');
  return refused && `CloudWatch cannot tell ${refused.Id}: ${refused.Messages?.[0]?.Value ?? refused.StatusCode}`;
};

const figureOf = (name: string, value: number, at: Date): Measured => ({
  name,
  unit: '',
  dimensions: {},
  start: at.getTime(),
  rollup: rollupOfOne(value, at),
});

/**
 * The latest value of each query, of whole periods only, and whether they are as expected. Values become metrics as of now.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export const checkCloudwatch = async (
  { queries, expect, windowSeconds, missingData }: CloudwatchCheck,
  cloudWatch: Pick<CloudWatch, 'getMetricData'>,
  signal: AbortSignal,
  at: Date,
): Promise<Asked> => {
  const begun = performance.now();
  const periodSeconds = Math.max(...queries.map((query) => query.periodSeconds));
  const end = Math.floor(at.getTime() / 1000 / periodSeconds) * periodSeconds;
  const { MetricDataResults: results = [] } = await within(
    signal,
    cloudWatch.getMetricData({
      StartTime: new Date((end - windowSeconds) * 1000),
      EndTime: new Date(end * 1000),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: queries.map(asQuery),
    }),
  );
  const durationMs = performance.now() - begun;
  const values = new Map(
    queries.flatMap(({ id }) => {
      const value = results.find(({ Id }) => Id === id)?.Values?.[0];
      return value !== undefined && Number.isFinite(value) ? [[id, value] as const] : [];
    }),
  );
  const measured = queries.flatMap(({ id, metric = `cloudwatch.${id}` }) => {
    const value = values.get(id);
    return value === undefined ? [] : [figureOf(metric, value, at)];
  });
  const missing = queries.filter(({ id }) => !values.has(id)).map(({ id }) => id);
  const broken = expect.find(({ query, operator, value: limit }) => {
    const value = values.get(query);
    return value !== undefined && !HOLDS[operator](value, limit);
  });
  const problem =
    refusalIn(results) ??
    (broken && `${broken.query} is ${values.get(broken.query)}, not ${broken.operator} ${broken.value}`) ??
    (missing.length > 0 && missingData === 'down'
      ? `CloudWatch has no value of ${missing.join(', ')} in ${windowSeconds} seconds`
      : undefined);
  const told = [...values].map(([id, value]) => `${id} is ${value}`).join(', ') || 'CloudWatch has no values';
  return { ok: problem === undefined, reason: problem ?? told.slice(0, 500), durationMs, measured };
};

/** CloudWatch answers at most so many alarms at once. */
const MAX_ALARMS = 100;
const TOLD = 5;

/**
 * Whether an alarm on a resource of ours rings: on a table, queue, topic, function or dead letter. They are found by how their
 * names begin, so one that is added is found too. That there are none at all is itself wrong.
 */
export const checkSelf = async (
  { ignore }: SelfCheck,
  cloudWatch: Pick<CloudWatch, 'describeAlarms'>,
  prefix: string,
  signal: AbortSignal,
  at: Date,
): Promise<Asked> => {
  const begun = performance.now();
  const ask = async (more: { readonly StateValue?: 'ALARM'; readonly MaxRecords: number }) =>
    (await within(signal, cloudWatch.describeAlarms({ AlarmNamePrefix: prefix, ...more }))).MetricAlarms ?? [];
  const all = await ask({ StateValue: 'ALARM', MaxRecords: MAX_ALARMS });
  const ringing = all.filter(({ AlarmName = '' }) => !ignore.some((text) => AlarmName.includes(text)));
  const exist = all.length > 0 || (await ask({ MaxRecords: 1 })).length > 0;
  const durationMs = performance.now() - begun;
  const measured = [figureOf('self.alarms', ringing.length, at)];
  if (!exist) return { ok: false, reason: `there are no alarms named ${prefix}…`, durationMs, measured };
  if (ringing.length === 0) return { ok: true, reason: 'no alarm of ours rings', durationMs, measured };
  const said = ringing
    .slice(0, TOLD)
    .map(({ AlarmName, AlarmDescription, StateReason }) => `${AlarmDescription ?? AlarmName} (${StateReason ?? ''})`);
  const more = ringing.length > TOLD ? ` And ${ringing.length - TOLD} more.` : '';
  return {
    ok: false,
    reason: `${ringing.length} of our own alarms ring. ${said.join(' ')}${more}`.slice(0, 2_000),
    durationMs,
    measured,
  };
};
