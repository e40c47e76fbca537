import { logger, reportTrouble } from '../../../shared/aws/observe.ts';
import type { Audited } from './audit.ts';
import type { Ticked } from './tick.ts';

/** Has the alarms ring for what an audit repaired, and for alerts that reached nobody. */
export const reportAudit = (audited: Audited): void => {
  reportTrouble('latePages', audited.mended + audited.overdue + audited.failed, { ...audited });
  reportTrouble('unreachedAlerts', audited.unreached, { ...audited });
  if (!audited.isWhole) logger.warn('the audit goes on in the next minute', { ...audited });
};

/** Has the alarm ring for steps and pages that the tick did late. */
export const reportTick = (ticked: Ticked): void => {
  reportTrouble('latePages', ticked.healed, { ...ticked });
  if (ticked.failed > 0) logger.warn('the next tick tries again', { ...ticked });
};
