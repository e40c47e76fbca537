import * as z from 'zod/mini';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { noSuchSilence, WantedSilence } from '../silences/silence.ts';
import { Flag } from './flag.ts';
import { GettableAlert, Receiver } from './gettable-alert.ts';
import { GettableSilence } from './query-silences.ts';
import { alertmanagerRefusal } from './refusal.ts';
import { AlertmanagerStatus, figures, FIGURES_TYPE, getStatus } from './status.ts';

/*
 * What people ask an Alertmanager with `amtool`, Grafana or its own page: API v2 as version 0.35 has it. What Prometheus
 * pushes comes in through the integrations.
 */

const silenceId = pathParam(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, noSuchSilence);

const compatible = { tolerant: true, refusal: alertmanagerRefusal } as const;
const vendor = { ...compatible, vendorRoot: '/api/v2' } as const;

/** A matcher, or several: a parameter that is repeated. */
const Filter = z.optional(
  z.pipe(
    z.transform((sent: unknown) => [sent].flat()),
    z.array(z.string()),
  ),
);
const AlertQuery = z.object({
  filter: Filter,
  receiver: z.optional(z.string().check(z.maxLength(256))),
  receiver_matchers: Filter,
  active: Flag,
  silenced: Flag,
  inhibited: Flag,
  unprocessed: Flag,
});

const exampleAlert = {
  labels: {
    alertname: 'SiteDown',
    instance: 'https://shop.example/health',
    severity: 'critical',
    source: 'prometheus:eu',
  },
  annotations: { summary: 'shop.example is down' },
  startsAt: '2026-11-21T03:00:00.000Z',
  endsAt: '2026-11-21T03:04:00.000Z',
  updatedAt: '2026-11-21T03:00:00.000Z',
  fingerprint: '7fc9467f0a4fb342',
  generatorURL: 'http://prometheus.example:9090/graph',
  receivers: [{ name: 'tocsin' }],
  status: { state: 'active' as const, silencedBy: [], inhibitedBy: [], mutedBy: [] },
};

const exampleWish = {
  matchers: [{ name: 'instance', value: 'https://shop.example/.*', isRegex: true, isEqual: true }],
  startsAt: '2026-11-21T03:00:00.000Z',
  endsAt: '2026-11-21T05:00:00.000Z',
  createdBy: 'ana',
  comment: 'The shop moves to another host.',
  annotations: { ticket: 'OPS-1' },
};
const exampleSilence = {
  id: '6f1c1f6e-3b0e-4a55-9d0c-6c0f4a1d2b7e',
  status: { state: 'active' as const },
  updatedAt: '2026-11-21T03:00:00.000Z',
  ...exampleWish,
};

export const routes = defineRoutes({
  getAlertmanagerStatus: {
    ...vendor,
    method: 'GET',
    path: '/api/v2/status',
    summary: 'Get the status that Alertmanager clients ask for',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    success: {
      status: 200,
      description: 'The version of the API. There is no cluster.',
      body: AlertmanagerStatus,
      example: getStatus({ startedAt: new Date('2026-11-21T00:00:00.000Z') }),
    },
  },
  getAlertmanagerMetrics: {
    ...compatible,
    method: 'GET',
    path: '/metrics',
    summary: 'Get the version of the Alertmanager API, as its /metrics names it',
    description:
      'Clients such as karma read `alertmanager_build_info` here. The metrics that Tocsin stores are scraped at `GET /api/monitoring/metrics`.',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    success: {
      status: 200,
      description: 'The version, in the text format of Prometheus',
      contentType: FIGURES_TYPE,
      example: figures(),
    },
  },
  queryAlertmanagerAlerts: {
    // Prometheus pushes to this path, which another function takes: so it has a resource of its own.
    ...compatible,
    method: 'GET',
    path: '/api/v2/alerts',
    summary: 'List unresolved alerts as Alertmanager does',
    description:
      '`filter` is a matcher such as `alertname="SiteDown"` or `node=~"db.*"`, and may be repeated. The answer has alerts of ' +
      'every source, newest first, a thousand at most. `GET /api/monitoring/alerts` lists all of them page by page.',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    query: AlertQuery,
    success: { status: 200, description: 'The alerts', body: z.array(GettableAlert), example: [exampleAlert] },
    problems: { 400: ['filter.invalid'] },
  },
  queryAlertmanagerGroups: {
    // Below a path with a resource of its own: nobody documents that the gateway goes back to the greedy one from there.
    ...compatible,
    method: 'GET',
    path: '/api/v2/alerts/groups',
    summary: 'List unresolved alerts by name as Alertmanager does',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    query: AlertQuery,
    success: {
      status: 200,
      description: 'The alerts, grouped by name',
      body: z.array(
        z.object({
          labels: z.record(z.string(), z.string()),
          routeLabels: z.record(z.string(), z.string()),
          receiver: Receiver,
          alerts: z.readonly(z.array(GettableAlert)),
        }),
      ),
      example: [
        { labels: { alertname: 'SiteDown' }, routeLabels: {}, receiver: { name: 'tocsin' }, alerts: [exampleAlert] },
      ],
    },
    problems: { 400: ['filter.invalid'] },
  },
  listAlertmanagerReceivers: {
    ...vendor,
    method: 'GET',
    path: '/api/v2/receivers',
    summary: 'List the receivers of an Alertmanager: the topic',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    query: z.object({ receiver_matchers: Filter }),
    success: { status: 200, description: 'The one receiver', body: z.array(Receiver), example: [{ name: 'tocsin' }] },
    problems: { 400: ['filter.invalid'] },
  },
  querySilences: {
    ...vendor,
    method: 'GET',
    path: '/api/v2/silences',
    summary: 'List silences, those that ended within five days included',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    query: z.object({ filter: Filter, active: Flag, pending: Flag, expired: Flag }),
    success: { status: 200, description: 'The silences', body: z.array(GettableSilence), example: [exampleSilence] },
    problems: { 400: ['filter.invalid'] },
  },
  saveSilence: {
    ...vendor,
    method: 'POST',
    path: '/api/v2/silences',
    summary: 'Silence the alerts that match, or change a silence',
    description:
      'An active silence mutes the alerts that it matches: their transitions are stored and not sent. Only the resolution of ' +
      'an alert that opened before is sent. When the silence ends, each alert that is unresolved rings as `silence_ended`. ' +
      'Matchers read the labels of an alert, and its `alertname` and `source` where it has no such label. The same holds for ' +
      '`severity`, `service` and `team`, but not in alerts from Prometheus and Alertmanager, which have labels alone. Regular ' +
      'expressions are those of RE2, anchored at both ends.',
    permission: 'monitoring.alert.acknowledge',
    body: WantedSilence,
    example: exampleWish,
    success: {
      status: 200,
      description: 'The id of the silence. It is new where the matchers changed.',
      body: z.object({ silenceID: z.string() }),
      example: { silenceID: exampleSilence.id },
    },
    problems: {
      400: ['silence.invalid'],
      403: ['auth.proof_required'],
      404: ['silence.not_found'],
      409: ['silence.changed', 'silence.limit'],
    },
  },
  getSilence: {
    ...vendor,
    method: 'GET',
    path: '/api/v2/silence/{id}',
    params: { id: silenceId },
    summary: 'Get a silence',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    success: { status: 200, description: 'The silence', body: GettableSilence, example: exampleSilence },
    problems: { 404: ['silence.not_found'] },
  },
  expireSilence: {
    ...vendor,
    method: 'DELETE',
    path: '/api/v2/silence/{id}',
    params: { id: silenceId },
    summary: 'End a silence',
    permission: 'monitoring.alert.acknowledge',
    success: { status: 200, description: 'The silence has ended' },
    problems: { 404: ['silence.not_found'], 409: ['silence.changed'] },
  },
});
