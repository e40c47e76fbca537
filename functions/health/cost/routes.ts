import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { DETAILS } from '../overview/overall.ts';

const count = z.int();

export const routes = defineRoutes({
  getCost: {
    method: 'GET',
    path: '/api/monitoring/cost',
    summary: 'Get what the month has cost so far',
    description:
      'US dollars since the first of the month in UTC. `source` is `cost_explorer` where the stage is deployed with ' +
      '-c costExplorer=true and AWS knows costs under its tag. Otherwise it is `counted`: Tocsin multiplies what the stage consists of, and ' +
      'the alerts and monitors that it has counted, with the list prices of us-east-1, as npm run cost does. `note` says why, and ' +
      '`leftOut` says what is in no row.',
    ...DETAILS,
    success: {
      status: 200,
      description: 'The sum and its rows, the dearest first',
      body: z.object({
        month: z.string(),
        from: z.string(),
        to: z.string(),
        currency: z.literal('USD'),
        source: z.enum(['cost_explorer', 'counted']),
        note: z.string(),
        dollars: z.number(),
        rows: z.readonly(z.array(z.object({ what: z.string(), how: z.string(), dollars: z.number() }))),
        counted: z.nullable(z.object({ alerts: count, pages: count, monitors: count })),
        leftOut: z.readonly(z.array(z.string())),
      }),
      example: {
        month: '2026-11',
        from: '2026-11-01T00:00:00.000Z',
        to: '2026-11-21T03:00:00.000Z',
        currency: 'USD',
        source: 'counted',
        note: 'Counted by Tocsin with the list prices of us-east-1. Deploy with -c costExplorer=true to read the bill of AWS.',
        dollars: 1.6112,
        rows: [
          { what: 'polling of queues', how: '9 queues, 434700 long polls each', dollars: 1.6083 },
          { what: 'alerts: API requests', how: '842, one event each', dollars: 0.0029 },
        ],
        counted: { alerts: 421, pages: 12, monitors: 3 },
        leftOut: ['text messages and mail', 'storage and data transfer'],
      },
    },
  },
});
