import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Instant } from '../../../shared/kernel/instant.ts';
import { Decision, RoutedEvent, Trace } from './route.ts';
import { Routing, SetRouting } from './rule.ts';
import { Unrouted } from './unrouted.ts';

const RULES = {
  rules: [
    {
      name: 'Staging may wait',
      enabled: true,
      conditions: [{ field: 'labels.environment', test: 'is', values: ['staging'], not: false }],
      hours: null,
      set: { urgency: 'low' },
      noise: { threshold: { events: 3, minutes: 5 }, repeatMinutes: 60 },
      suppress: false,
      continue: true,
    },
    {
      name: 'Databases',
      enabled: true,
      conditions: [{ field: 'title', test: 'like', values: ['*postgres*', '*replication*'], not: false }],
      hours: {
        timeZone: 'Europe/Berlin',
        windows: [{ type: 'daily', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
      },
      set: { service: 'db', policyId: 'default' },
      suppress: false,
      continue: false,
    },
  ],
  catchAll: { policyId: 'default' },
};
const EXAMPLE = {
  version: 1,
  changedAt: '2026-11-21T03:00:00.000Z',
  changedBy: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
  ...RULES,
};
const DECISION = {
  service: 'db',
  severity: 'critical',
  urgency: 'high',
  policyId: 'default',
  policyFrom: 'rule',
  suppressed: false,
  unmatched: false,
  said: { service: 'db', policyId: 'default' },
  rules: ['Databases'],
} as const;

export const routes = defineRoutes({
  getRouting: {
    method: 'GET',
    path: '/api/routing',
    summary: 'Get the rules that say which way events go',
    permission: 'oncall.read',
    success: { status: 200, description: 'What holds now', body: Routing, example: EXAMPLE },
  },
  setRouting: {
    method: 'PUT',
    path: '/api/routing',
    summary: 'Set the rules that say which way events go',
    description:
      'The whole of them in order, with the version that they follow. The first rule that holds decides, unless it says to ' +
      'continue. A suppressed event is kept, and pages nobody. `noise` says when people are paged: after so many events, not while an ' +
      'alert flaps, as one for a group, and again after the last step. Alerts are stored and shown at once in any case.',
    permission: 'oncall.routing.write',
    // Every alert reads all of it.
    maxBodyBytes: 64 * 1024,
    body: SetRouting,
    example: { version: 0, ...RULES },
    success: { status: 200, description: 'The new version', body: Routing, example: EXAMPLE },
    problems: { 400: ['policy.unknown'], 409: ['routing.changed'] },
  },
  testRouting: {
    method: 'POST',
    path: '/api/routing/test',
    summary: 'Show how an event would be routed, and why',
    description: 'Now or at a given time, by the rules that hold now. Nothing is raised.',
    permission: 'oncall.read',
    body: z.strictObject({ event: RoutedEvent, at: z.optional(Instant) }),
    example: { event: { title: 'Postgres is behind', severity: 'critical', labels: { environment: 'prod' } } },
    success: {
      status: 200,
      description: 'The decision, and what each rule made of the event',
      body: z.object({ decision: Decision, trace: z.readonly(z.array(Trace)) }),
      example: {
        decision: DECISION,
        trace: [
          {
            rule: 'Staging may wait',
            outcome: 'skipped',
            because: 'condition 1: labels.environment is "prod", wanted: is staging',
          },
          {
            rule: 'Databases',
            outcome: 'matched',
            because: 'all its conditions hold; it sets service db, policyId default',
          },
        ],
      },
    },
  },
  listUnrouted: {
    method: 'GET',
    path: '/api/routing/unrouted',
    summary: 'List the unresolved alerts on which no rule decides, newest first',
    description:
      'An alert is on the list while no routing rule of today decides on it as it opened, and its service names no policy. A page may be short although more follow. The list ends where `next` is null.',
    permission: 'oncall.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of what fell to the catch-all',
      body: pageOf(Unrouted),
      example: {
        items: [
          {
            alertId: 'alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9i',
            title: 'Disk full on db-1',
            severity: 'warning',
            source: 'manual',
            service: null,
            openedAt: '2026-11-21T03:00:00.000Z',
          },
        ],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'] },
  },
});
