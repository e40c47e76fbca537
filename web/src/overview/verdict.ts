import type { Health } from './use-overview.ts';

/** Unknown where nothing is known to be wrong, and not everything is known. */
export type Overall = Health['status'] | 'unknown';

export const VERDICTS = {
  healthy: { type: 'success', text: 'All is well' },
  unknown: { type: 'pending', text: 'Not everything is known yet' },
  warning: { type: 'warning', text: 'Something needs attention' },
  critical: { type: 'error', text: 'Something is broken' },
} as const satisfies Readonly<Record<Overall, object>>;

/** What was read longer ago is marked as old. */
export const STALE_MS = 30_000;

/** The worst of what monitors and rules say, and of the alerts that nobody has resolved. */
export const overallOf = ({ status, alerts, complete }: Health): Overall => {
  if (status === 'critical' || (alerts?.critical ?? 0) > 0) return 'critical';
  if (status === 'warning' || (alerts !== null && alerts.error + alerts.warning > 0)) return 'warning';
  return alerts === null || !complete ? 'unknown' : 'healthy';
};
