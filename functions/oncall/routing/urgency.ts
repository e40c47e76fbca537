import type { Severity, Urgency } from '../vocabulary.ts';

/** How urgent an alert is of which no rule says it: critical ones and errors wake people. */
export const urgencyOf = (severity: Severity): Urgency =>
  severity === 'critical' || severity === 'error' ? 'high' : 'low';
