import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * The log of this function: one JSON line an entry, named after the function's context, with the correlation id of the
 * request, record or message that is being handled. Tokens, keys and passwords never reach it.
 */
export const logger = new Logger();

const metrics = new Metrics({ namespace: 'Tocsin' });

/**
 * Counts what went wrong, as a metric of this function: a line of the log in CloudWatch's embedded metric format, without a call.
 * Nothing is written for zero, because CloudWatch charges for each metric that is written in an hour, and an alarm takes a missing
 * metric for a good one.
 */
export const countMetric = (name: string, count: number): void => {
  if (count <= 0) return;
  metrics.addMetric(name, MetricUnit.Count, count);
  metrics.publishStoredMetrics();
};
