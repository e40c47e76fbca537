import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { STAGE_METRICS } from './stage-metrics.ts';

/**
 * The log of this function: one JSON line an entry, named after the function's context, with the correlation id of the
 * request, record or message that is being handled. Tokens, keys and passwords never reach it.
 */
export const logger = new Logger();

const metrics = new Metrics();

const metricsOfStage = new Metrics({ serviceName: STAGE_METRICS.service });

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

/** For how long the oldest record or message of a batch has failed. SQS leaves what keeps failing out of its own age of a queue. */
export const reportFailing = (sinceMs: number, nowMs: number): void => {
  metricsOfStage.addMetric(
    STAGE_METRICS.failing,
    MetricUnit.Seconds,
    Math.max(0, Math.round((nowMs - sinceMs) / 1000)),
  );
  metricsOfStage.publishStoredMetrics();
};

/** Something was set aside for a person. CloudWatch hears of a message in an idle queue up to a quarter of an hour later. */
export const reportSetAside = (): void => {
  metricsOfStage.addMetric(STAGE_METRICS.setAside, MetricUnit.Count, 1);
  metricsOfStage.publishStoredMetrics();
};
