import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { OVERALL } from './overall.ts';

const Status = z.enum(OVERALL);

export const routes = defineRoutes({
  getHealth: {
    method: 'GET',
    path: '/api/monitoring/health',
    summary: 'Get the overall status',
    description:
      'healthy, warning or critical, at most ten seconds old. Nothing else is told to whoever asks; the dashboard says why.',
    permission: 'public',
    throttle: { requestsPerSecond: 100, burst: 200 },
    success: {
      status: 200,
      description: 'The status',
      body: z.object({ status: Status }),
      example: { status: 'healthy' },
    },
  },
  getHealthDashboard: {
    method: 'GET',
    path: '/api/monitoring/health/dashboard',
    summary: 'Get the status, and all that is broken',
    description: 'Monitors that are down and rules that fire, the worst and oldest first, a hundred at most.',
    permission: 'monitoring.read',
    success: {
      status: 200,
      description: 'The status and its reasons',
      body: z.object({
        status: Status,
        reasons: z.array(
          z.object({
            kind: z.enum(['monitor', 'rule']),
            id: z.string(),
            name: z.string(),
            service: z.nullable(z.string()),
            severity: z.string(),
            since: z.string(),
            reason: z.string(),
          }),
        ),
        counts: z.object({ monitors: z.int(), rules: z.int() }),
        at: z.string(),
      }),
      example: {
        status: 'critical',
        reasons: [
          {
            kind: 'monitor',
            id: 'mon_01jd3v8m2k7q4xh2g8vq0p1m9d',
            name: 'Shop',
            service: 'shop',
            severity: 'critical',
            since: '2026-11-21T03:00:00.000Z',
            reason: 'it refuses the connection',
          },
        ],
        counts: { monitors: 1, rules: 0 },
        at: '2026-11-21T03:02:00.000Z',
      },
    },
  },
});
