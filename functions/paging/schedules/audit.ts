import type { Context } from 'aws-lambda';
import { logger, metrics, MetricUnit } from '../../../shared/aws/observe.ts';
import { auditDeps } from '../deps.ts';
import { audit } from '../escalations/audit.ts';

/** Each minute: proves that each alert is escalated as it must be, and mends what is not. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const audited = await audit({ ...auditDeps(), remainingMs: () => context.getRemainingTimeInMillis() });
  metrics.addMetric('WakeUpsMissing', MetricUnit.Count, audited.mended + audited.overdue + audited.failed);
  metrics.addMetric('AlertsUnreached', MetricUnit.Count, audited.unreached);
  metrics.publishStoredMetrics();
  if (audited.mended + audited.overdue + audited.failed > 0 || !audited.isWhole) {
    logger.warn('escalations were not what they should be', { ...audited });
  }
};
