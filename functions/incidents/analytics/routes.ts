import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Analytics } from './figures.ts';

const Instant = z.iso.datetime({ offset: true });
const FIGURES = { count: 12, acknowledged: 11, mttaSeconds: 140.5, resolved: 12, mttrSeconds: 2_400 };

export const routes = defineRoutes({
  getAnalytics: {
    method: 'GET',
    path: '/api/monitoring/analytics',
    summary: 'Get volumes and response times by service, team, source, person, day and hour of the week',
    description:
      'Counts the alerts and incidents that opened and the pages that were sent in at most 92 days, by default the last thirty. ' +
      'The range begins and ends on a quarter of an hour. MTTA is the mean time to the first acknowledgement of those that were ' +
      'acknowledged, MTTR the mean time to the end of those that are resolved. A night lasts from ten to six in `timeZone`.',
    permission: 'monitoring.read',
    query: z.strictObject({
      from: z.optional(Instant),
      to: z.optional(Instant),
      timeZone: z._default(z.string().check(z.maxLength(64)), 'UTC'),
    }),
    success: {
      status: 200,
      description: 'The figures',
      body: Analytics,
      example: {
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-12-01T00:00:00.000Z',
        timeZone: 'Europe/Berlin',
        alerts: { ...FIGURES, bySeverity: { critical: FIGURES } },
        incidents: { ...FIGURES, bySeverity: { SEV2: FIGURES } },
        pages: 14,
        interruptionsAtNight: 3,
        services: [{ name: 'checkout', ...FIGURES, incidents: 12 }],
        teams: [{ name: 'payments', ...FIGURES, incidents: 12 }],
        sources: [{ name: 'alertmanager:eu-1', ...FIGURES, incidents: 0 }],
        people: [
          {
            id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d',
            name: 'ana',
            acknowledged: 11,
            mttaSeconds: 140.5,
            resolved: 12,
            mttrSeconds: 2_400,
            pages: 14,
            interruptionsAtNight: 3,
            nights: 2,
          },
        ],
        hours: [{ hour: 0, ...FIGURES, pages: 3 }],
        week: [{ weekday: 1, hour: 0, alerts: 12, pages: 3 }],
        days: [{ day: '2026-11-21', alerts: 12, incidents: 12, pages: 14 }],
      },
    },
    problems: { 400: ['range.invalid', 'timezone.unknown'] },
  },
});
