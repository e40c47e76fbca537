import * as z from 'zod/mini';
import { queryInteger } from '../../../shared/http/list.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Analytics } from './figures.ts';
import { Noise } from './noise.ts';

const Instant = z.iso.datetime({ offset: true });
const NOISY = {
  title: 'Disk of build-7 is full',
  source: 'alertmanager:eu-1',
  service: 'builds',
  lastAlertId: 'alr_01jd3v8m2k7q4x3v5h2n8c1d0e9f7g6b4a2m1k',
  opened: 41,
  acted: 0,
  pages: 44,
  endsAloneAfterSeconds: 1_260,
  advice: 'nobody_acts',
  adviceText: 'Nobody acted on any of 41. Lower their severity, silence them, or take the check away.',
} as const;
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
  getNoise: {
    method: 'GET',
    path: '/api/monitoring/analytics/noise',
    summary: 'Get the alerts that make most noise, and those that nobody ever acts on',
    description:
      'Alerts of one source and deduplication key count as one kind. A person acted on an alert where a person acknowledged or resolved it. ' +
      'Of days that ended some time ago, the 500 noisiest kinds of each count. Days are those of UTC.',
    permission: 'monitoring.read',
    query: z.strictObject({ days: z._default(queryInteger(1, 92), 30) }),
    success: {
      status: 200,
      description: 'The report',
      body: Noise,
      example: {
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-11-30T03:00:00.000Z',
        noisiest: [NOISY],
        neverActedOn: [NOISY],
      },
    },
  },
});
