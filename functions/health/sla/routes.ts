import * as z from 'zod/mini';
import { Instant } from '../../../shared/kernel/instant.ts';
import { Cursor, pageOf, queryInteger } from '../../../shared/http/list.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { TimeZone } from '../../../shared/calendar/time-zone.ts';
import { csvOf } from './csv.ts';
import { PERIODS } from './period.ts';
import { SlaReport } from './report.ts';

const name = z.string().check(z.minLength(1), z.maxLength(128));
const count = (most: number, otherwise: number) => z._default(queryInteger(1, most), otherwise);

/** Services of one answer: each costs reads of its own. */
const MAX_SERVICES = 50;
/** A quarter of days, or a year of weeks. */
const MAX_PERIODS = 92;

const EXAMPLE = {
  service: 'shop',
  monitor: null,
  from: '2026-10-31T23:00:00.000Z',
  to: '2026-11-30T23:00:00.000Z',
  complete: false,
  target: { uptimePercent: 99.9, responseTimeMs: 1000 },
  uptimePercent: 99.98,
  met: true,
  seconds: { up: 1_726_654, down: 346, maintenance: 3600, gap: 0, unobserved: 0 },
  errorBudget: { allowedSeconds: 2588.4, spentSeconds: 346, remainingSeconds: 2242.4, burnRate: 0.2 },
  outages: {
    count: 1,
    longestSeconds: 346,
    latest: [{ from: '2026-11-14T02:10:00.000Z', to: '2026-11-14T02:15:46.000Z', seconds: 346 }],
  },
  responseTime: { averageMs: 182.4, p95Ms: 412.7, met: true },
};

export const routes = defineRoutes({
  getSla: {
    method: 'GET',
    path: '/api/monitoring/sla',
    summary: 'Report uptime, response time and error budget',
    description:
      'For each service, or one service or monitor: a day, week, month, quarter or year in a time zone, or any range from ' +
      '`from` to `to`. A service is down while one of its monitors is, or, where its objective says so, while all are. ' +
      'Unobserved times, maintenance (unless `maintenance=counted`) and minutes in which our own collection did not run ' +
      'count neither as up nor as down, are no part of the error budget, and are figures of their own. `format=csv` answers RFC 4180 with the same figures.',
    permission: 'monitoring.read',
    query: z.strictObject({
      service: z.optional(name),
      monitor: z.optional(name),
      period: z._default(z.enum(PERIODS), 'month'),
      /** The period of `day` and those before it. */
      periods: count(MAX_PERIODS, 1),
      /** A day within the last period; today where nothing is said. */
      day: z.optional(z.string()),
      timeZone: z._default(TimeZone, 'UTC'),
      from: z.optional(Instant),
      to: z.optional(Instant),
      maintenance: z._default(z.enum(['excluded', 'counted']), 'excluded'),
      format: z._default(z.enum(['json', 'csv']), 'json'),
      limit: count(MAX_SERVICES, 20),
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'One report for each service and period',
      body: pageOf(SlaReport),
      example: { items: [EXAMPLE], next: null },
      otherTypes: { 'text/csv': { example: csvOf([EXAMPLE]) } },
    },
    problems: { 400: ['sla.range', 'cursor.invalid'], 404: ['service.not_found', 'monitor.not_found'] },
  },
});
