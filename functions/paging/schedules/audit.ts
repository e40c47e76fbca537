import type { Context } from 'aws-lambda';
import { countMetric, logger } from '../../../shared/aws/observe.ts';
import { auditDeps } from '../deps.ts';
import { audit } from '../escalations/audit.ts';

/** Each minute: proves that each alert is escalated as it must be, and mends what is not. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  const audited = await audit({ ...auditDeps(), remainingMs: () => context.getRemainingTimeInMillis() });
  const missing = audited.mended + audited.overdue + audited.failed;
  countMetric('WakeUpsMissing', missing);
  countMetric('AlertsUnreached', audited.unreached);
  if (missing > 0 || !audited.isWhole) {
    logger.warn('escalations were not what they should be', { ...audited });
  }
};
