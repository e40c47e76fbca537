import {
  aws_cloudwatch as cloudwatch,
  aws_cloudwatch_actions as actions,
  Duration,
  type aws_sns as sns,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** The page that alarms name: a file in the repository, with a heading for each kind. */
const RUNBOOK = 'docs/runbook.md';

export interface Watched {
  /** Heading of the runbook, as its link has it: `dead-letters`. */
  readonly runbook: string;
  /** What has happened, in a sentence. */
  readonly says: string;
  readonly metric: cloudwatch.Metric;
  readonly threshold: number;
  /** How many periods of five minutes are looked at, and in how many of them it must hold: in all, if nothing is said. */
  readonly periods?: number;
  readonly inPeriods?: number;
  /** Silence is itself the trouble. */
  readonly missingIsBad?: true;
}

/** Alarms on plain metrics, each published to these topics with a link to what to do about it. */
export class Watch extends Construct {
  private readonly topics: readonly sns.ITopic[];
  readonly alarms: cloudwatch.Alarm[] = [];

  constructor(scope: Construct, id: string, topics: readonly sns.ITopic[]) {
    super(scope, id);
    this.topics = topics;
  }

  on(name: string, watched: Watched): void {
    const { runbook, says, metric, threshold, periods = 1, inPeriods = periods, missingIsBad } = watched;
    const alarm = new cloudwatch.Alarm(this, name, {
      metric: unlabelled(metric),
      threshold,
      evaluationPeriods: periods,
      datapointsToAlarm: inPeriods,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: missingIsBad
        ? cloudwatch.TreatMissingData.BREACHING
        : cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `${says} What to do: ${RUNBOOK}#${runbook}`,
    });
    for (const topic of this.topics) {
      const action = new actions.SnsAction(topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    this.alarms.push(alarm);
  }
}

const FIVE_MINUTES = Duration.minutes(5);

/** A metric of an AWS service, by the dimensions that name the resource. */
export const metricOf = (
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: string,
): cloudwatch.Metric =>
  new cloudwatch.Metric({ namespace, metricName, dimensionsMap, statistic, period: FIVE_MINUTES });

// A metric with a label is written as metric math, which an alarm on one plain metric has no need of.
const unlabelled = ({ namespace, metricName, dimensions, statistic }: cloudwatch.Metric): cloudwatch.Metric =>
  metricOf(namespace, metricName, (dimensions ?? {}) as Record<string, string>, statistic);
