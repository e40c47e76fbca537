import * as z from 'zod/mini';
import { Instant } from '../../../shared/kernel/instant.ts';
import { Cursor, Limit, pageOf, queryInteger } from '../../../shared/http/list.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { TimeZone } from '../../../shared/calendar/time-zone.ts';
import { MAX_STEP_SECONDS } from '../metrics/query.ts';
import {
  CreateMonitor,
  Monitor,
  MonitorDetail,
  MonitorUptime,
  ReplaceMonitor,
  Result,
  SwitchMaintenance,
  TryCheck,
} from './monitor.ts';
import { pingRoutes } from './ping-routes.ts';

const monitorId = pathId('mon', 'monitor');

const SENT = {
  name: 'Shop',
  check: { type: 'http', url: 'https://shop.example/health', contains: 'ok', minTlsDays: 14 },
  intervalMinutes: 1,
  service: 'shop',
  severity: 'critical',
};

const EXAMPLE = {
  id: 'mon_01jd3v8m2k7q4xh2g8vq0p1m9d',
  version: 1,
  name: 'Shop',
  check: {
    type: 'http',
    url: 'https://shop.example/health',
    method: 'GET',
    headers: {},
    strictHeaders: false,
    expectedStatus: ['200-299'],
    contains: 'ok',
    minTlsDays: 14,
    timings: false,
  },
  intervalMinutes: 1,
  timeoutMs: 10_000,
  failAfter: 2,
  recoverAfter: 1,
  severity: 'critical',
  service: 'shop',
  team: null,
  labels: {},
  runbookUrl: null,
  enabled: true,
  maintenance: [],
  recurringMaintenance: [],
  status: 'up',
  statusSince: '2026-11-21T03:00:00.000Z',
  reason: 'it answers 200',
  lastPingAt: null,
  lastRunMs: null,
  createdAt: '2026-11-21T02:59:00.000Z',
  changedAt: '2026-11-21T02:59:00.000Z',
};

const Change = z.object({
  at: z.string(),
  status: z.string(),
  reason: z.string(),
  sequence: z.int(),
  muted: z.boolean(),
});

/** How long the parts of an HTTP check took. */
const Phases = z.nullable(
  z.object({ dnsMs: z.number(), connectMs: z.number(), tlsMs: z.number(), firstByteMs: z.number() }),
);

export const routes = defineRoutes({
  listMonitors: {
    method: 'GET',
    path: '/api/monitoring/monitors',
    summary: 'List monitors with their states, oldest first',
    permission: 'monitoring.config.read',
    narrower: 'monitoring.monitor.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of at most fifty monitors',
      body: pageOf(Monitor),
      example: { items: [EXAMPLE], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createMonitor: {
    method: 'POST',
    path: '/api/monitoring/monitors',
    answersSecret: true,
    summary: 'Watch an endpoint, a port, a certificate, a name, an exposition, CloudWatch, a job, or Tocsin itself',
    description:
      'Types are http, tcp, tls, dns, scrape, cloudwatch, self and heartbeat. Private addresses are refused when a target is looked up, at every ' +
      'redirect too. Values of headers are never shown again. A heartbeat answers its pingKey, once: the job calls ' +
      '/beat/{pingKey}, or that with /start, /fail, /log or its exit code behind it. A run that has begun and does not end ' +
      'within the grace (a minute at least) is a failure; ?rid= tells runs apart that overlap. Answers are read up to 1 MiB.',
    permission: 'monitoring.config.update',
    body: CreateMonitor,
    example: SENT,
    success: {
      status: 201,
      description: 'The monitor; checked from its next minute on',
      body: z.extend(Monitor, { pingKey: z.optional(z.string()) }),
      example: { ...EXAMPLE, status: 'unknown', reason: 'It has not been checked yet.' },
    },
    problems: { 400: ['monitor.hidden_value'], 409: ['monitor.slug_taken'] },
  },
  getMonitor: {
    method: 'GET',
    path: '/api/monitoring/monitors/{id}',
    params: { id: monitorId },
    summary: 'Get a monitor with its state, and the last log of a heartbeat',
    permission: 'monitoring.config.read',
    narrower: 'monitoring.monitor.read',
    success: { status: 200, description: 'The monitor', body: MonitorDetail, example: { ...EXAMPLE, lastLog: null } },
    problems: { 404: ['monitor.not_found'] },
  },
  replaceMonitor: {
    method: 'PUT',
    path: '/api/monitoring/monitors/{id}',
    params: { id: monitorId },
    summary: 'Replace a monitor',
    description:
      'Send the whole monitor, with the version that it follows. A header that is sent as (hidden) keeps its value while type, ' +
      'scheme, host and port of the check stay; otherwise its value must be sent again. It takes ' +
      'effect at once: a paused monitor resolves its alert, and a heartbeat is due by its new schedule.',
    permission: 'monitoring.config.update',
    body: ReplaceMonitor,
    example: { ...SENT, version: 1 },
    success: { status: 200, description: 'The monitor', body: Monitor, example: { ...EXAMPLE, version: 2 } },
    problems: {
      400: ['monitor.type', 'monitor.hidden_value'],
      404: ['monitor.not_found'],
      409: ['monitor.changed', 'monitor.slug_taken'],
    },
  },
  renewPingKey: {
    method: 'POST',
    path: '/api/monitoring/monitors/{id}/key',
    answersSecret: true,
    params: { id: monitorId },
    summary: 'Give a heartbeat another key, which is shown this once',
    description: 'The key before is unknown at once. Its job is overdue until it calls the new address.',
    permission: 'monitoring.config.update',
    success: {
      status: 200,
      description: 'The heartbeat with its key',
      body: z.extend(Monitor, { pingKey: z.string() }),
      example: { ...EXAMPLE, version: 2, pingKey: 'k4YBqvX7mP2s9dLtRw1zGh5nEj8cAo3u' },
    },
    problems: { 400: ['monitor.type'], 404: ['monitor.not_found'], 409: ['monitor.changed'] },
  },
  deleteMonitor: {
    method: 'DELETE',
    path: '/api/monitoring/monitors/{id}',
    params: { id: monitorId },
    summary: 'Delete a monitor and resolve its alert',
    permission: 'monitoring.config.update',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['monitor.not_found'] },
  },
  listMonitorUptime: {
    method: 'GET',
    path: '/api/monitoring/monitors/uptime',
    summary: 'List the uptime of monitors by day for ninety days, and their response times of a day by the hour',
    description:
      'In the order and pages of the list of monitors, or of one monitor. Days begin at midnight in `timeZone`. Maintenance, times in which ' +
      'Tocsin did not collect and times in which nothing was observed count neither as up nor as down.',
    permission: 'monitoring.config.read',
    narrower: 'monitoring.read',
    query: z.strictObject({
      monitor: z.optional(z.string().check(z.maxLength(64))),
      timeZone: z._default(TimeZone, 'UTC'),
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of at most fifty monitors',
      body: pageOf(MonitorUptime),
      example: {
        items: [
          {
            id: EXAMPLE.id,
            uptimePercent: 99.93,
            days: [null, { uptimePercent: 99.93, downSeconds: 60 }],
            responseTimesMs: [null, 48.2],
            averageMs: 48.2,
          },
        ],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'], 404: ['monitor.not_found'] },
  },
  tryCheck: {
    method: 'POST',
    path: '/api/monitoring/monitors/try',
    summary: 'Carry out a check once, before it is saved',
    description:
      'The check runs as it would for a monitor, with the same limits on the addresses it may reach, for 15 seconds at most. Nothing is ' +
      'stored and nobody is notified. With the `id` of a monitor, a header that is sent as (hidden) has the value that it has there, while type, ' +
      'scheme, host and port of the check stay. A heartbeat cannot be tried: it waits for its job.',
    permission: 'monitoring.config.update',
    body: TryCheck,
    example: { check: SENT.check, timeoutMs: 10_000 },
    success: {
      status: 200,
      description: 'The result; a check that fails is a result, too',
      body: z.object({
        ok: z.boolean(),
        reason: z.string(),
        durationMs: z.number(),
        phases: Phases,
        series: z.array(z.object({ name: z.string(), value: z.number(), unit: z.string() })),
      }),
      example: {
        ok: true,
        reason: 'it answers 200',
        durationMs: 48.2,
        phases: { dnsMs: 2.1, connectMs: 9.3, tlsMs: 20.4, firstByteMs: 16.1 },
        series: [],
      },
    },
    problems: { 400: ['monitor.not_tried', 'monitor.hidden_value'], 404: ['monitor.not_found'] },
  },
  listMonitorChanges: {
    method: 'GET',
    path: '/api/monitoring/monitors/{id}/changes',
    params: { id: monitorId },
    summary: 'List the status changes of a monitor, newest first',
    permission: 'monitoring.config.read',
    narrower: 'monitoring.monitor.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of changes',
      body: pageOf(Change),
      example: {
        items: [{ at: '2026-11-21T03:00:00.000Z', status: 'up', reason: 'it answers 200', sequence: 1, muted: false }],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'], 404: ['monitor.not_found'] },
  },
  listMonitorResults: {
    method: 'GET',
    path: '/api/monitoring/monitors/{id}/results',
    params: { id: monitorId },
    summary: 'List the results of a monitor, latest first',
    description:
      'Results by steps of a range, in seconds; by default those of the last hour by the minute. They are kept as long as metrics.',
    permission: 'monitoring.config.read',
    narrower: 'monitoring.read',
    query: z.strictObject({
      from: z.optional(Instant),
      to: z.optional(Instant),
      step: z.optional(queryInteger(60, MAX_STEP_SECONDS)),
    }),
    success: {
      status: 200,
      description: 'The results of each step in which it was checked',
      body: z.object({ items: z.array(Result), step: z.int() }),
      example: {
        items: [
          {
            at: '2026-11-21T03:00:00.000Z',
            checks: 1,
            failed: 0,
            responseTimeMs: { avg: 48.2, min: 48.2, max: 48.2, p95: 48.2 },
          },
        ],
        step: 60,
      },
    },
    problems: { 400: ['metrics.range'], 404: ['monitor.not_found'] },
  },
  switchMaintenance: {
    method: 'POST',
    path: '/api/monitoring/monitors/{id}/maintenance',
    params: { id: monitorId },
    summary: 'Put a monitor into maintenance from now on, or take it out',
    description:
      'In maintenance the monitor is checked, but opens no alert. 0 minutes end it; of one that recurs, this time. Windows to come stay as they are.',
    permission: 'monitoring.config.update',
    narrower: 'monitoring.alert.acknowledge',
    body: SwitchMaintenance,
    example: { minutes: 60 },
    success: {
      status: 200,
      description: 'The monitor',
      body: Monitor,
      example: {
        ...EXAMPLE,
        version: 2,
        status: 'maintenance',
        maintenance: [{ from: '2026-11-21T03:00:00.000Z', to: '2026-11-21T04:00:00.000Z' }],
      },
    },
    problems: { 404: ['monitor.not_found'], 409: ['monitor.changed', 'monitor.windows'] },
  },
  collectHealth: {
    method: 'POST',
    path: '/api/monitoring/health/collect',
    summary: 'Check monitors now and answer the results',
    description:
      'The given monitors, or the first fifty of those with the service and labels. A change of status is stored and opens ' +
      'or resolves alerts, as in a scheduled check.',
    permission: 'monitoring.write',
    body: z
      .strictObject({
        monitors: z.optional(z.array(z.string().check(z.maxLength(64))).check(z.minLength(1), z.maxLength(50))),
        service: z.optional(z.string().check(z.maxLength(128))),
        labels: z.optional(
          z
            .record(z.string(), z.string())
            .check(z.refine((labels) => Object.keys(labels).length <= 16, 'at most 16 labels')),
        ),
      })
      .check(
        z.refine(({ monitors, service, labels }) => monitors === undefined || (!service && !labels), {
          path: ['monitors'],
          error: 'give either monitors, or service and labels',
        }),
      ),
    bodyOptional: true,
    example: { monitors: ['mon_01jd3v8m2k7q4xh2g8vq0p1m9d'] },
    success: {
      status: 200,
      description: 'The results',
      body: z.object({
        items: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            ok: z.boolean(),
            status: z.string(),
            reason: z.string(),
            durationMs: z.number(),
            phases: Phases,
          }),
        ),
      }),
      example: {
        items: [
          {
            id: EXAMPLE.id,
            name: 'Shop',
            ok: true,
            status: 'up',
            reason: 'it answers 200',
            durationMs: 48.2,
            phases: { dnsMs: 2.1, connectMs: 9.3, tlsMs: 20.4, firstByteMs: 16.1 },
          },
        ],
      },
    },
    problems: { 400: ['monitor.not_found'] },
  },
  ...pingRoutes,
});
