import type { Assembly, Resource } from '../../types.ts';
import type { Metrics } from './metrics.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly state: AlarmState;
  readonly reason: string;
}

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const MINUTE_MS = 60_000;

/**
 * The alarms of the template on plain metrics, as they are at an instant. Periods end with the present minute. What lies before
 * `startedAt` nobody knows: it speaks neither for nor against.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export const alarmsAt = (
  assembly: Pick<Assembly, 'byType'>,
  metrics: Pick<Metrics, 'read'>,
  now: number,
  startedAt: number,
): readonly Alarm[] =>
  assembly
    .byType('AWS::CloudWatch::Alarm')
    .filter(({ properties }) => properties['MetricName'] !== undefined)
    .map((resource) => ({
      name: resource.physicalId,
      arn: resource.arn,
      description: resource.properties['AlarmDescription'] as string | undefined,
      ...judged(resource, metrics, now, startedAt),
    }));

const judged = (
  { properties }: Resource,
  metrics: Pick<Metrics, 'read'>,
  now: number,
  startedAt: number,
): Pick<Alarm, 'state' | 'reason'> => {
  const periodMs = Number(properties['Period']) * 1000;
  const periods = Number(properties['EvaluationPeriods']);
  const needed = Number(properties['DatapointsToAlarm'] ?? periods);
  const threshold = Number(properties['Threshold']);
  const breaches = COMPARISONS[String(properties['ComparisonOperator'])] ?? (() => false);
  const missingBreaches = properties['TreatMissingData'] === 'breaching';
  const missingIsFine = properties['TreatMissingData'] === 'notBreaching';
  const end = Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const metric = {
    namespace: String(properties['Namespace']),
    name: String(properties['MetricName']),
    dimensions: Object.fromEntries(
      ((properties['Dimensions'] ?? []) as readonly { Name: string; Value: string }[]).map(({ Name, Value }) => [
        Name,
        Value,
      ]),
    ),
  };
  const statistic = String(properties['Statistic'] ?? properties['ExtendedStatistic']);
  const found = new Map(
    metrics
      .read(metric, statistic, periodMs, end - periods * periodMs, end)
      .map(({ at, value }): [number, number] => [at, value]),
  );
  const verdicts = Array.from({ length: periods }, (_, i) => {
    const begin = end - (i + 1) * periodMs;
    const value = found.get(begin);
    if (value !== undefined) return breaches(value, threshold);
    return begin < startedAt ? undefined : missingBreaches ? true : missingIsFine ? false : undefined;
  });
  const breaching = verdicts.filter((verdict) => verdict === true).length;
  const values = [...found.values()].join(', ') || 'no datapoints';
  if (breaching >= needed) {
    return { state: 'ALARM', reason: `Threshold Crossed: ${breaching} of ${periods} periods, ${values}.` };
  }
  return verdicts.every((verdict) => verdict === undefined)
    ? { state: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: nothing is known yet.' }
    : { state: 'OK', reason: `Threshold not crossed: ${values}.` };
};
