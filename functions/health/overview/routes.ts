import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { MonthlyLevel, OnCallNow, OpenIncident, OverviewSeries, PART_NAMES } from './parts.ts';
import { DETAILS, OVERALL } from './overall.ts';

const Status = z.enum(OVERALL);
const Counts = z.object({ up: z.int(), down: z.int(), unknown: z.int(), maintenance: z.int(), paused: z.int() });

const Account = z.object({
  /** The address of the dashboard of CloudWatch. Null: the stage has none. */
  cloudWatchDashboard: z.nullable(z.string()),
  sms: z.object({ sandbox: z.nullable(z.boolean()), monthlyLimitDollars: z.nullable(z.number()) }),
});

const ACCOUNT_EXAMPLE = {
  cloudWatchDashboard:
    'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/tocsin-prod',
  sms: { sandbox: false, monthlyLimitDollars: 50 },
};

const details = {
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
  complete: z.boolean(),
  components: z.array(z.object({ service: z.nullable(z.string()), status: Status, monitors: z.nullable(Counts) })),
  at: z.string(),
};

const EXAMPLE = {
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
  complete: true,
  components: [
    { service: 'shop', status: 'critical', monitors: { up: 2, down: 1, unknown: 0, maintenance: 0, paused: 0 } },
  ],
  at: '2026-11-21T03:02:00.000Z',
};

const DASHBOARD = z.object({
  ...details,
  monitors: z.nullable(Counts),
  alerts: z.nullable(z.object({ info: z.int(), warning: z.int(), error: z.int(), critical: z.int() })),
  burning: z.nullable(
    z.readonly(z.array(z.object({ service: z.string(), alert: z.string(), since: z.string(), reason: z.string() }))),
  ),
  countedAt: z.nullable(z.string()),
});

const DASHBOARD_EXAMPLE = {
  ...EXAMPLE,
  monitors: { up: 2, down: 1, unknown: 0, maintenance: 0, paused: 0 },
  alerts: { info: 0, warning: 0, error: 0, critical: 1 },
  burning: [
    {
      service: 'shop',
      alert: 'fast',
      since: '2026-11-21T03:01:00.000Z',
      reason: 'the error budget of 99.99 % burns 100.0× over 1 h and 1200.0× over 5 min, from 14.4× on',
    },
  ],
  countedAt: '2026-11-21T03:01:58.000Z',
};

export const routes = defineRoutes({
  getHealth: {
    method: 'GET',
    path: '/api/monitoring/health',
    summary: 'Get the overall status, and its reasons with a token or key',
    description:
      'healthy, warning or critical, at most ten seconds old. With Authorization: Bearer and a token or machine key that ' +
      `has ${DETAILS.permission} or ${DETAILS.narrower}, the answer also has services, counts and reasons, and what the AWS ` +
      'account allows of text messages. `account.cloudWatchDashboard` is the address of the dashboard of a stage that has one. In the sandbox SNS reaches verified numbers only. Beyond the monthly limit it accepts texts ' +
      'and sends none. Null: SNS did not answer.',
    permission: 'public',
    throttle: { requestsPerSecond: 100, burst: 200 },
    success: {
      status: 200,
      description: 'The status, and the rest for callers with the permission',
      body: z.extend(z.partial(z.object({ ...details, account: Account })), { status: Status }),
      example: { ...EXAMPLE, account: ACCOUNT_EXAMPLE },
    },
    problems: { 401: ['auth.required'] },
  },
  getHealthDashboard: {
    method: 'GET',
    path: '/api/monitoring/health/dashboard',
    summary: 'Get the dashboard in one call',
    description:
      'Monitors that are down and rules that fire, the worst and oldest first, 99 at most; services with their status; ' +
      'monitors by status, open alerts by severity and error budgets that burn, counted each minute. `complete` is false where ' +
      'more than a thousand things are broken: status and counts are then lower bounds.',
    ...DETAILS,
    success: {
      status: 200,
      description: 'The status, its reasons and the counts',
      body: DASHBOARD,
      example: DASHBOARD_EXAMPLE,
    },
  },
  getOverview: {
    method: 'GET',
    path: '/api/monitoring/overview',
    summary: 'Get all that the first page of a console shows, in one call',
    description:
      'Status with its reasons, open alerts by severity and error budgets that burn (`health`); open incidents; who is on call; CPU, memory, ' +
      'disk, network latency, response time, active connections, error rate and throughput of the last hour; the service levels of the month ' +
      'in UTC. A part that cannot be read just now is null and named in `notKnown`, one that the caller may not see in `withheld`.',
    ...DETAILS,
    success: {
      status: 200,
      description: 'The parts',
      body: z.object({
        at: z.iso.datetime(),
        health: z.nullable(DASHBOARD),
        series: z.nullable(z.array(OverviewSeries)),
        sla: z.nullable(z.array(MonthlyLevel)),
        incidents: z.nullable(z.object({ items: z.array(OpenIncident), more: z.boolean() })),
        onCall: z.nullable(z.readonly(z.array(OnCallNow))),
        notKnown: z.array(z.enum(PART_NAMES)),
        withheld: z.array(z.enum(PART_NAMES)),
      }),
      example: {
        at: '2026-11-21T03:02:00.000Z',
        health: DASHBOARD_EXAMPLE,
        series: [
          {
            key: 'cpu',
            metric: 'system.cpu_percent',
            unit: '%',
            latest: 41.5,
            points: [{ at: '2026-11-21T03:01:00.000Z', value: 41.5 }],
          },
        ],
        sla: [
          { service: 'shop', uptimePercent: 99.98, targetPercent: 99.9, met: true, remainingBudgetSeconds: 2242.4 },
        ],
        incidents: {
          items: [
            {
              id: 'inc_01jd3v8m2k7q4xh2g8vq0p1m9d',
              title: 'Payments fail',
              severity: 'SEV1',
              status: 'investigating',
              service: 'shop',
              openedAt: '2026-11-21T03:00:00.000Z',
            },
          ],
          more: false,
        },
        onCall: null,
        notKnown: [],
        withheld: ['onCall'],
      },
    },
  },
});
