import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { STAGE_METRICS, STAGE_SERVICE, type StageMetric } from './stage-metrics.ts';

/**
 * The log of this function: one JSON line an entry, named after the function's context, with the correlation id of the
 * request, record or message that is being handled. Tokens, keys and passwords never reach it.
 */
export const logger = /* @__PURE__ */ new Logger();

const metrics = /* @__PURE__ */ new Metrics();

const metricsOfStage = /* @__PURE__ */ new Metrics({ serviceName: STAGE_SERVICE });

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

/**
 * Reports trouble of the stage: a metric that has an alarm, and an error in the log that names the thing in trouble. Nothing is
 * written for zero.
 */
export const reportTrouble = (metric: StageMetric, value: number, details: Readonly<Record<string, unknown>>): void => {
  if (value <= 0) return;
  const { name, unit, says } = STAGE_METRICS[metric];
  metricsOfStage.addMetric(name, MetricUnit[unit], Math.ceil(value));
  metricsOfStage.publishStoredMetrics();
  logger.error(says, { ...details });
};

/** Accepted work may wait so long: then it rings. A queue holds what has failed three times out of its own age. */
const MAY_WAIT_SECONDS = { stream: 60, queue: 300 } as const;

/** Reports that the oldest record or message of a batch has waited too long. Called before the work, so that a crash does not hide it. */
export const reportIfLate = (source: 'stream' | 'queue', waitingSinceMs: number, nowMs: number): void =>
  reportTrouble('late', (nowMs - waitingSinceMs) / 1000 - MAY_WAIT_SECONDS[source], {
    source,
    waitingSince: new Date(waitingSinceMs).toISOString(),
  });
