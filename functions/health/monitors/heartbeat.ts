import type { z } from 'zod/mini';
import { nextDue } from './cron.ts';
import type { HeartbeatCheck } from './monitor.ts';

type Heartbeat = z.infer<typeof HeartbeatCheck>;

/** When a heartbeat is overdue after a ping: its next due time, and the grace behind it. */
export const overdueAt = (check: Heartbeat, pingedAt: Date): Date => {
  const due =
    check.cron === undefined
      ? new Date(pingedAt.getTime() + (check.periodSeconds ?? 0) * 1000)
      : nextDue(check.cron, check.timeZone, pingedAt);
  return new Date(due.getTime() + check.graceSeconds * 1000);
};

/** What a ping tells. https://healthchecks.io/docs/http_api/ */
export type Signal = 'success' | 'start' | 'fail' | 'log';

/** The signal of the last part of a ping's path: `start`, `fail`, `log`, or an exit code, 0 for success. */
export const signalOf = (text: string | undefined): Signal | undefined => {
  if (text === undefined || text === '0') return 'success';
  if (text === 'start' || text === 'fail' || text === 'log') return text;
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? 'fail' : undefined;
};
