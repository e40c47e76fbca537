import * as z from 'zod/mini';
import { pathId } from '../../shared/http/path.ts';
import { defineRoutes } from '../../shared/http/route.ts';
import { Cursor, Limit, pageOf } from '../../shared/http/list.ts';
import { MOST_SUBJECTS, outcomeOf } from '../../shared/http/outcomes.ts';
import { routes as alertmanager } from './alertmanager/routes.ts';
import { exampleAlert } from './example-alert.ts';
import { MAX_QUERY_CHARS } from './query/query.ts';
import { Alert, AlertWithTimeline, RaiseAlert, Severity, Status, TimelineEntry } from './alert.ts';
import { routes as inhibition } from './inhibition/routes.ts';
import { routes as recurringSilences } from './silences/recurring-routes.ts';
import { routes as silences } from './silences/routes.ts';
import { routes as views } from './views/routes.ts';
import { Subscribe, Subscription } from './subscriptions/subscription.ts';
import { DEFAULT_TRANSITIONS } from './subscriptions/filter-policy.ts';

const alertId = pathId('alr', 'alert');

const Note = z.string().check(z.trim(), z.minLength(1), z.maxLength(4000));
const WithNote = z.strictObject({ note: z.optional(Note) }).register(z.globalRegistry, { id: 'WithNote' });
const Instant = z.iso.datetime({ offset: true });

const SNOOZE = { until: z.optional(Instant), durationSeconds: z.optional(z.int()), note: z.optional(Note) };
const ASSIGNMENT = {
  assignee: z.nullable(z.string().check(z.trim(), z.minLength(1), z.maxLength(128))),
  note: z.optional(Note),
};

interface SnoozeEnd {
  readonly until?: string | undefined;
  readonly durationSeconds?: number | undefined;
}
const isOneEnd = z.refine<SnoozeEnd>(
  ({ until, durationSeconds }) => (until === undefined) !== (durationSeconds === undefined),
  'give either until or durationSeconds',
);

/** The alerts that one request acts on. */
const QueryText = z.string().check(z.maxLength(MAX_QUERY_CHARS));

/** How the alerts of a request that changes many are named. */
export interface OfMany {
  readonly ids?: readonly string[] | undefined;
  readonly query?: string | undefined;
  readonly cursor?: string | undefined;
}
const OF_MANY = {
  ids: z.optional(
    z
      .array(z.string().check(z.regex(alertId.pattern, 'must be the id of an alert')))
      .check(z.minLength(1), z.maxLength(MOST_SUBJECTS)),
  ),
  query: z.optional(QueryText),
  cursor: Cursor,
};
const areNamedOnce = z.refine<OfMany>(
  ({ ids, query, cursor }) => (ids === undefined) !== (query === undefined) && !(ids && cursor !== undefined),
  'either ids, or query and the cursor of its next alerts',
);

const AcceptedRaise = z
  .object({
    accepted: z.literal(true),
    source: z.string(),
    dedupKey: z.string(),
    acceptedAt: z.iso.datetime(),
  })
  .register(z.globalRegistry, { id: 'AcceptedRaise' });

const alertAs = (description: string) => ({ status: 200, description, body: Alert, example: exampleAlert }) as const;

const outcomes = {
  status: 200,
  description:
    'What became of each alert, in the order of the ids or of the list: it as it is now, or why it was refused. Where a query fits more, ' +
    '`next` is the cursor of the request for those.',
  body: z
    .object({ items: z.readonly(z.array(outcomeOf(Alert))), next: z.nullable(z.string()) })
    .register(z.globalRegistry, { id: 'AlertOutcomes' }),
  example: {
    // OpenAPI 3.0 has no example of null for what refers to a schema, so the one that was refused is left out.
    items: [{ id: exampleAlert.id, done: exampleAlert, refused: null }],
    next: null,
  },
} as const;

const ByKey = z
  .strictObject({
    dedupKey: z.string().check(z.minLength(1), z.maxLength(512)),
    source: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
    note: z.optional(Note),
  })
  .register(z.globalRegistry, { id: 'AlertByKey' });
const BY_KEY =
  'A script that raised an alert needs no id to end it. The `source` is that of the caller, unless another is named: `manual` for people, ' +
  '`api:<name>` for a machine key. Asking again is harmless: `alert` is null where nothing was changed, and `before` is then the latest alert of the key, or null for a key that is wrong. While the table refuses writes, the request goes to a queue and is answered 202.';
const foundByKey = {
  status: 200,
  body: z
    .object({
      alert: z.nullable(Alert),
      /** Where nothing was changed: the latest alert of the key, which is over or acknowledged already; null where the key has none. */
      before: z.nullable(Alert),
    })
    .register(z.globalRegistry, { id: 'AlertFoundByKey' }),
  // OpenAPI 3.0 has no example of null for what refers to a schema, so there is one of each.
  example: { alert: exampleAlert, before: exampleAlert },
} as const;
const acceptedByKey = {
  status: 202,
  description: 'The request is stored and will be applied',
  body: AcceptedRaise,
  example: { accepted: true, source: 'manual', dedupKey: 'checkout-500', acceptedAt: '2026-11-21T03:00:00.000Z' },
} as const;

const QUERY =
  '`query` is a text such as `status:open AND severity>=error AND service:(shop OR cart) AND created<2h`. Terms are joined by AND ' +
  '(or a space), OR and NOT (or a minus), with parentheses. A term is a field, one of `: = != > >= < <=`, and a value; a text alone is ' +
  'looked for in title, description, service and labels. Fields: status, severity (or priority), service, team, source, title, ' +
  'description, assignee, key, id, label.<name>, acknowledgedBy, resolvedBy, acknowledged, snoozed, count, created, seen, ' +
  'acknowledgedAt, resolvedAt. In a word a star stands for any characters, `none` for no value, and capitals do not matter. A time is an ' +
  'age (`created>2h` is older than two hours), a day in UTC, or an instant.';
const MANY =
  'Up to 250 alerts in one request, by their ids, or those that fit a query (see the list of alerts) and that the act may change. Each is ' +
  'changed by itself: one that is refused stops no other. One that the time of the request does not suffice for is refused with ' +
  '`bulk.unfinished`. An answer of more than 4 MB has the alerts without descriptions, labels and annotations.';
const exampleIds = [exampleAlert.id, 'alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9j'];

const exampleSubscription = {
  id: 'sub_3f1c0d9a4b7e4f0fa2c65d8b9e01c7aa',
  protocol: 'https',
  endpoint: 'https://pager.example.com/***',
  state: 'pending',
  filter: {
    severities: ['critical', 'error'],
    services: ['checkout'],
    transitions: DEFAULT_TRANSITIONS,
  },
  createdBy: 'ana',
  createdAt: '2026-11-21T03:00:00.000Z',
} as const;

const own = defineRoutes({
  raiseAlert: {
    method: 'POST',
    path: '/api/monitoring/alerts',
    findsItsEffect: true,
    summary: 'Raise an alert, or repeat the open alert of the same deduplication key',
    description:
      'Answers 201 for a new alert and 200 for a repeat, after the alert is durably written. While the table refuses writes, ' +
      'the raise goes to a queue and is answered 202. It is then applied as of `acceptedAt`, under `dedupKey`.',
    permission: 'monitoring.write',
    body: RaiseAlert,
    example: {
      title: 'Checkout answers 500',
      severity: 'critical',
      description: 'Every third payment fails.',
      service: 'checkout',
      team: 'payments',
      labels: { region: 'eu-central-1' },
      dedupKey: 'checkout-500',
    },
    success: { status: 201, description: 'A new alert', body: Alert, example: exampleAlert },
    alsoAnswers: [
      {
        status: 200,
        description: 'The open alert, with one more repeat',
        body: Alert,
        example: { ...exampleAlert, count: 2, version: 2 },
      },
      {
        status: 202,
        description: 'The raise is stored and will be applied',
        body: AcceptedRaise,
        example: {
          accepted: true,
          source: 'manual',
          dedupKey: 'checkout-500',
          acceptedAt: '2026-11-21T03:00:00.000Z',
        },
      },
    ],
    problems: { 503: ['store.unavailable'] },
  },
  listAlerts: {
    method: 'GET',
    path: '/api/monitoring/alerts',
    summary: 'List alerts, unresolved ones first, newest first',
    description: QUERY,
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    query: z.strictObject({
      status: z.optional(Status),
      severity: z.optional(Severity),
      source: z.optional(z.string().check(z.maxLength(128))),
      service: z.optional(z.string().check(z.maxLength(128))),
      label: z.optional(z.string().check(z.maxLength(1200), z.regex(/^[^=]+=/, 'must be name=value'))),
      from: z.optional(Instant),
      to: z.optional(Instant),
      query: z.optional(QueryText),
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of alerts. A page may be short although more follow. The list ends where next is null.',
      body: pageOf(Alert),
      example: { items: [exampleAlert], next: null },
    },
    problems: { 400: ['cursor.invalid', 'query.invalid'] },
  },
  getAlert: {
    method: 'GET',
    path: '/api/monitoring/alerts/{id}',
    params: { id: alertId },
    summary: 'Get an alert with its timeline',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    success: {
      status: 200,
      description:
        'The alert and its timeline, oldest entry first. Of more than 500 entries these are the newest, and `timelineNext` is the cursor of /timeline for the older ones.',
      body: AlertWithTimeline,
      example: {
        ...exampleAlert,
        timeline: [
          {
            sequence: 1,
            at: '2026-11-21T03:00:00.000Z',
            type: 'opened',
            actor: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
            to: 'open',
          },
        ],
        timelineNext: null,
      },
    },
    problems: { 404: ['alert.not_found'] },
  },
  listAlertTimeline: {
    method: 'GET',
    path: '/api/monitoring/alerts/{id}/timeline',
    summary: 'List the timeline of an alert, newest entry first',
    permission: 'monitoring.read',
    narrower: 'monitoring.alert.read',
    params: { id: alertId },
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of the timeline. It ends where next is null.',
      body: pageOf(TimelineEntry),
      example: {
        items: [
          {
            sequence: 1,
            at: '2026-11-21T03:00:00.000Z',
            type: 'opened',
            actor: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
            to: 'open',
          },
        ],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'], 404: ['alert.not_found'] },
  },
  acknowledgeAlert: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/acknowledge',
    params: { id: alertId },
    summary: 'Acknowledge an open alert',
    permission: 'monitoring.alert.acknowledge',
    body: WithNote,
    bodyOptional: true,
    example: { note: 'On it.' },
    success: alertAs('The alert, acknowledged by the caller'),
    problems: { 404: ['alert.not_found'], 409: ['alert.acknowledged', 'alert.resolved'] },
  },
  unacknowledgeAlert: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/unacknowledge',
    params: { id: alertId },
    summary: 'Reopen an acknowledged alert',
    permission: 'monitoring.alert.acknowledge',
    body: WithNote,
    bodyOptional: true,
    example: { note: 'Not mine after all.' },
    success: alertAs('The open alert'),
    problems: { 404: ['alert.not_found'], 409: ['alert.not_acknowledged', 'alert.resolved'] },
  },
  resolveAlert: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/resolve',
    params: { id: alertId },
    summary: 'Resolve an alert',
    permission: 'monitoring.alert.resolve',
    body: WithNote,
    bodyOptional: true,
    example: { note: 'Rolled back.' },
    success: alertAs('The alert, resolved'),
    problems: { 404: ['alert.not_found'], 409: ['alert.resolved'] },
  },
  snoozeAlert: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/snooze',
    params: { id: alertId },
    summary: 'Snooze an alert, for a week at most',
    permission: 'monitoring.alert.acknowledge',
    body: z.strictObject(SNOOZE).check(isOneEnd),
    example: { durationSeconds: 3600, note: 'Waiting for the provider.' },
    success: alertAs('The alert, snoozed until snoozedUntil'),
    problems: { 400: ['snooze.out_of_range'], 404: ['alert.not_found'], 409: ['alert.resolved'] },
  },
  addAlertNote: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/notes',
    params: { id: alertId },
    summary: 'Add a note to the timeline of an alert',
    permission: 'monitoring.alert.acknowledge',
    body: z.strictObject({ note: Note }),
    example: { note: 'The provider has opened a ticket.' },
    success: alertAs('The alert'),
    problems: { 404: ['alert.not_found'] },
  },
  assignAlert: {
    method: 'POST',
    path: '/api/monitoring/alerts/{id}/assign',
    params: { id: alertId },
    summary: 'Assign an alert to a person',
    permission: 'monitoring.alert.acknowledge',
    body: z.strictObject(ASSIGNMENT),
    example: { assignee: 'ben' },
    success: alertAs('The alert'),
    problems: { 404: ['alert.not_found'], 409: ['alert.resolved'] },
  },
  acknowledgeAlerts: {
    method: 'POST',
    path: '/api/monitoring/alerts/bulk/acknowledge',
    summary: 'Acknowledge many alerts',
    description: MANY,
    permission: 'monitoring.alert.acknowledge',
    body: z.strictObject({ ...OF_MANY, note: z.optional(Note) }).check(areNamedOnce),
    example: { ids: exampleIds, note: 'On it.' },
    success: outcomes,
    problems: { 400: ['cursor.invalid', 'query.invalid'] },
  },
  acknowledgeAlertByKey: {
    method: 'POST',
    path: '/api/monitoring/alerts/by-key/acknowledge',
    summary: 'Acknowledge the open alert of a deduplication key',
    description: BY_KEY,
    permission: 'monitoring.alert.acknowledge',
    body: ByKey,
    example: { dedupKey: 'checkout-500', note: 'On it.' },
    success: { ...foundByKey, description: 'The alert; null where none was open, or it was acknowledged already' },
    alsoAnswers: [acceptedByKey],
    problems: { 503: ['store.unavailable'] },
  },
  resolveAlertByKey: {
    method: 'POST',
    path: '/api/monitoring/alerts/by-key/resolve',
    summary: 'Resolve the alert of a deduplication key',
    description: BY_KEY,
    permission: 'monitoring.alert.resolve',
    body: ByKey,
    example: { dedupKey: 'checkout-500' },
    success: { ...foundByKey, description: 'The alert; null where none was unresolved' },
    alsoAnswers: [acceptedByKey],
    problems: { 503: ['store.unavailable'] },
  },
  unacknowledgeAlerts: {
    method: 'POST',
    path: '/api/monitoring/alerts/bulk/unacknowledge',
    summary: 'Reopen many acknowledged alerts',
    description: MANY,
    permission: 'monitoring.alert.acknowledge',
    body: z.strictObject({ ...OF_MANY, note: z.optional(Note) }).check(areNamedOnce),
    example: { ids: exampleIds },
    success: outcomes,
    problems: { 400: ['cursor.invalid', 'query.invalid'] },
  },
  resolveAlerts: {
    method: 'POST',
    path: '/api/monitoring/alerts/bulk/resolve',
    summary: 'Resolve many alerts',
    description: MANY,
    permission: 'monitoring.alert.resolve',
    body: z.strictObject({ ...OF_MANY, note: z.optional(Note) }).check(areNamedOnce),
    example: { ids: exampleIds, note: 'Rolled back.' },
    success: outcomes,
    problems: { 400: ['cursor.invalid', 'query.invalid'] },
  },
  snoozeAlerts: {
    method: 'POST',
    path: '/api/monitoring/alerts/bulk/snooze',
    summary: 'Snooze many alerts, for a week at most',
    description: MANY,
    permission: 'monitoring.alert.acknowledge',
    body: z.strictObject({ ...OF_MANY, ...SNOOZE }).check(areNamedOnce, isOneEnd),
    example: { ids: exampleIds, durationSeconds: 3600 },
    success: outcomes,
    problems: { 400: ['cursor.invalid', 'query.invalid', 'snooze.out_of_range'] },
  },
  assignAlerts: {
    method: 'POST',
    path: '/api/monitoring/alerts/bulk/assign',
    summary: 'Assign many alerts to a person',
    description: MANY,
    permission: 'monitoring.alert.acknowledge',
    body: z.strictObject({ ...OF_MANY, ...ASSIGNMENT }).check(areNamedOnce),
    example: { ids: exampleIds, assignee: 'ben' },
    success: outcomes,
    problems: { 400: ['cursor.invalid', 'query.invalid'] },
  },
  listSubscriptions: {
    method: 'GET',
    path: '/api/monitoring/subscriptions',
    summary: 'List the subscriptions to transitions of alerts',
    permission: 'monitoring.config.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of subscriptions, those that were made in SNS itself included',
      body: pageOf(Subscription),
      example: { items: [exampleSubscription], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  subscribe: {
    method: 'POST',
    path: '/api/monitoring/subscriptions',
    summary: 'Subscribe an endpoint to alerts',
    description:
      'Protocols: email, sms, https, sqs, lambda (http on stages that allow private endpoints). Web and e-mail endpoints ' +
      'stay pending until their owner confirms. A filter without `transitions` leaves out notes, assignments and new snoozes. ' +
      'SNS takes at most five conditions and 150 combinations of their values.',
    permission: 'monitoring.config.update',
    body: Subscribe,
    example: {
      protocol: 'https',
      endpoint: 'https://pager.example.com/hooks/tocsin',
      filter: { severities: ['critical', 'error'], services: ['checkout'] },
    },
    success: { status: 201, description: 'The subscription', body: Subscription, example: exampleSubscription },
    problems: {
      400: ['subscription.endpoint_refused', 'subscription.filter_too_wide', 'subscription.refused'],
      409: ['subscription.exists', 'subscription.limit'],
    },
  },
  unsubscribe: {
    method: 'DELETE',
    path: '/api/monitoring/subscriptions/{id}',
    params: { id: pathId('sub', 'subscription') },
    summary: 'Delete a subscription',
    permission: 'monitoring.config.update',
    success: { status: 204, description: 'The subscription is deleted' },
    problems: { 404: ['subscription.not_found'], 409: ['subscription.pending'] },
  },
});

/** The routes of all rooms of this context. */
export const routes = { ...own, ...silences, ...recurringSilences, ...inhibition, ...views, ...alertmanager };
