import type { Alert } from '../../alerts/port.ts';
import { PRIORITIES, type Priority } from './alert.ts';

/**
 * A query of Opsgenie in our language, which takes its fields and its form. One word differs: an open alert of Opsgenie may be acknowledged.
 * Texts in quotes stay as they are.
 */
export const queryOf = (query: string): string =>
  query
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part) =>
      part.startsWith('"')
        ? part
        : part
            .replaceAll(/\bstatus(\s*(?:!=|[:=])\s*)open\b/gi, 'status$1unresolved')
            .replaceAll(
              /\bstatus(\s*[:=]\s*\()([^)]*)\)/gi,
              (_, before: string, words: string) => `status${before}${words.replaceAll(/\bopen\b/gi, 'unresolved')})`,
            ),
    )
    .join('');

/** By what a list is ordered; the fields are those of Opsgenie. */
const SORTS: Readonly<Record<string, (alert: Alert, priority: Priority) => string | number>> = {
  createdAt: ({ firstSeenAt }) => firstSeenAt,
  updatedAt: ({ lastSeenAt }) => lastSeenAt,
  lastOccurredAt: ({ lastSeenAt }) => lastSeenAt,
  message: ({ title }) => title,
  alias: ({ dedupKey }) => dedupKey,
  status: ({ status }) => (status === 'resolved' ? 'closed' : 'open'),
  acknowledged: ({ status }) => Number(status === 'acknowledged'),
  snoozed: ({ snoozedUntil }) => Number(snoozedUntil !== null),
  count: ({ count }) => count,
  owner: ({ assignee }) => assignee ?? '',
  priority: (_, priority) => -PRIORITIES.indexOf(priority),
};

/** Orders alerts, by their beginning and newest first where nothing else is said. */
export const sorted = (
  alerts: readonly Alert[],
  { sort = 'createdAt', order = 'desc' }: { readonly sort?: string | undefined; readonly order?: string | undefined },
  priorityOf: (alert: Alert) => Priority,
): Alert[] => {
  const read = SORTS[sort] ?? ((alert: Alert) => alert.firstSeenAt);
  const sign = order.toLowerCase() === 'asc' ? 1 : -1;
  return alerts
    .map((alert) => ({ alert, by: read(alert, priorityOf(alert)) }))
    .sort((one, other) => sign * (one.by < other.by ? -1 : one.by > other.by ? 1 : 0))
    .map(({ alert }) => alert);
};
