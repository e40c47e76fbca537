import { logger, metrics, MetricUnit } from '../../../shared/aws/observe.ts';
import { tickDeps } from '../deps/monitors.ts';
import { tick } from '../monitors/tick.ts';

/** Each minute: hands out the monitors that are due, and finds heartbeats that are overdue. */
export const handler = async (): Promise<void> => {
  const ticked = await tick(tickDeps());
  metrics.addMetric('MonitorsDue', MetricUnit.Count, ticked.monitors);
  metrics.addMetric('GapMinutes', MetricUnit.Count, ticked.gapMinutes);
  metrics.publishStoredMetrics();
  if (ticked.gapMinutes > 0) logger.warn('minutes were missed', { ...ticked });
};
