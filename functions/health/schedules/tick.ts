import { logger, metrics, MetricUnit } from '../../../shared/aws/observe.ts';
import { tickDeps } from '../deps/monitors.ts';
import { surveyDeps } from '../deps/overview.ts';
import { tick } from '../monitors/tick.ts';
import { survey } from '../overview/survey.ts';

/** Each minute: hands out the monitors that are due, finds heartbeats that are overdue, and counts how all are. */
export const handler = async (): Promise<void> => {
  const ticked = await tick(tickDeps());
  metrics.addMetric('MonitorsDue', MetricUnit.Count, ticked.monitors);
  metrics.addMetric('GapMinutes', MetricUnit.Count, ticked.gapMinutes);
  metrics.publishStoredMetrics();
  if (ticked.gapMinutes > 0) logger.warn('minutes were missed', { ...ticked });
  await survey(surveyDeps());
};
