import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathId, pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Entry, ENTRY_ID, noSuchEntry } from './entry.ts';
import { WholeIncident } from './get-incident.ts';
import { ChangeIncident, Incident, IncidentId, Note, OpenIncident, Severity, Status } from './incident.ts';
import { Link } from './link.ts';
import { SplitIncident } from './split-incident.ts';
import { AddTask, ChangeTask, Task } from './task.ts';

const incidentId = pathId('inc', 'incident');
const entryId = pathParam(ENTRY_ID, noSuchEntry);

const Instant = z.iso.datetime({ offset: true });
const ANA = { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' };
const AT = '2026-11-21T03:00:00.000Z';

const WANTED = {
  title: 'Checkout answers 500',
  severity: 'SEV2',
  summary: 'Every third payment fails.',
  service: 'checkout',
  team: 'payments',
} as const;

const INCIDENT = {
  ...WANTED,
  id: 'inc_01jd3v8m2k7q4xh2g8vq0p1m9d',
  status: 'triggered',
  private: false,
  roles: { commander: ANA.id, communications: null, scribe: null, responders: [] },
  openedAt: AT,
  openedBy: ANA,
  ruleId: null,
  startedAt: null,
  startedBy: null,
  resolvedAt: null,
  resolvedBy: null,
  closedAt: null,
  reopened: 0,
  mergedInto: null,
  mergedFrom: [],
  splitFrom: null,
  changedAt: AT,
  changedBy: ANA,
  version: 1,
};

const NOTED = {
  id: '01jd3v8m2k_ent_01jd3v8m2k7q4xh2g8vq0p1m9d',
  at: AT,
  type: 'noted',
  actor: ANA,
  text: 'The last deployment is suspicious.',
  pinned: true,
};

const TASK = {
  id: 'tsk_01jd3v8m2k7q4xh2g8vq0p1m9d',
  kind: 'action_item',
  title: 'Alert on the queue before it is full',
  assignee: ANA.id,
  dueAt: '2026-12-01T00:00:00.000Z',
  done: false,
  doneAt: null,
  changedBy: ANA,
  changedAt: AT,
  version: 1,
};

const UPDATE = {
  id: '01jd3v8m2k_ent_01jd3v8m2k7q4xh2g8vq0p1m9e',
  at: AT,
  type: 'update_published',
  actor: ANA,
  text: 'Payments work again. We watch them for another half hour.',
  to: 'monitoring',
  pinned: false,
};

const LINK = {
  alertId: 'alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9i',
  title: 'Checkout answers 500',
  severity: 'critical',
  service: 'checkout',
  status: 'acknowledged',
  openedAt: AT,
  acknowledgedAt: '2026-11-21T03:02:00.000Z',
  acknowledgedBy: 'ana',
  resolvedAt: null,
  resolvedBy: null,
  linkedAt: AT,
  linkedBy: 'ana',
};

export const routes = defineRoutes({
  listIncidents: {
    method: 'GET',
    path: '/api/monitoring/incidents',
    summary: 'List incidents: open ones first, newest first',
    description:
      'Private incidents are listed for their participants and for holders of `incidents.private`. With `alert`, the id of an alert, the ' +
      'list has the incident of that alert, or is empty; `from` and `to` do not count then.',
    permission: 'monitoring.read',
    narrower: 'monitoring.incident.read',
    query: z.strictObject({
      status: z.optional(Status),
      severity: z.optional(Severity),
      service: z.optional(z.string().check(z.maxLength(128))),
      team: z.optional(z.string().check(z.maxLength(128))),
      alert: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
      from: z.optional(Instant),
      to: z.optional(Instant),
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of incidents. It may be short although more follow. The list ends where next is null.',
      body: pageOf(Incident),
      example: { items: [INCIDENT], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  openIncident: {
    method: 'POST',
    path: '/api/monitoring/incidents',
    summary: 'Open an incident',
    description: 'A person who is given a role by somebody else is paged at once.',
    permission: 'monitoring.incident.create',
    body: OpenIncident,
    example: WANTED,
    success: { status: 201, description: 'The incident', body: Incident, example: INCIDENT },
    problems: { 400: ['user.unknown'] },
  },
  getIncident: {
    method: 'GET',
    path: '/api/monitoring/incidents/{id}',
    params: { id: incidentId },
    summary: 'Get an incident with its tasks, its alerts and the end of its timeline',
    permission: 'monitoring.read',
    narrower: 'monitoring.incident.read',
    success: {
      status: 200,
      description: 'The incident',
      body: WholeIncident,
      example: { ...INCIDENT, tasks: [TASK], timeline: [NOTED], hasEarlier: false, alerts: [], hasMoreAlerts: false },
    },
    problems: { 404: ['incident.not_found'] },
  },
  changeIncident: {
    method: 'PATCH',
    path: '/api/monitoring/incidents/{id}',
    params: { id: incidentId },
    summary: 'Change the status, severity, roles or facts of an incident',
    description:
      'With the version that it follows. From triggered, investigating, identified and monitoring any of the later of them and ' +
      'resolved may follow, and from the last two any of the others but triggered; from resolved closed, or investigating ' +
      'where it was not over. Closed is final. A person who is given a role by somebody else is paged at once.',
    permission: 'monitoring.incident.update',
    body: ChangeIncident,
    example: { version: 1, status: 'identified', severity: 'SEV1', note: 'The last deployment did it.' },
    success: { status: 200, description: 'The incident', body: Incident, example: { ...INCIDENT, version: 2 } },
    problems: {
      400: ['user.unknown'],
      404: ['incident.not_found'],
      409: ['incident.changed', 'incident.closed', 'incident.status', 'incident.busy'],
    },
  },
  listTimeline: {
    method: 'GET',
    path: '/api/monitoring/incidents/{id}/timeline',
    params: { id: incidentId },
    summary: 'Read the timeline of an incident, oldest first',
    permission: 'monitoring.read',
    narrower: 'monitoring.incident.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of entries',
      body: pageOf(Entry),
      example: { items: [NOTED], next: null },
    },
    problems: { 400: ['cursor.invalid'], 404: ['incident.not_found'] },
  },
  addIncidentNote: {
    method: 'POST',
    path: '/api/monitoring/incidents/{id}/notes',
    params: { id: incidentId },
    summary: 'Add a note to the timeline of an incident',
    permission: 'monitoring.incident.update',
    body: z.strictObject({ text: Note, pinned: z.optional(z.boolean()) }),
    example: { text: NOTED.text, pinned: true },
    success: { status: 201, description: 'The entry of the timeline', body: Entry, example: NOTED },
    problems: { 404: ['incident.not_found'] },
  },
  pinEntry: {
    method: 'PATCH',
    path: '/api/monitoring/incidents/{id}/timeline/{entryId}',
    params: { id: incidentId, entryId },
    summary: 'Pin an entry of the timeline, or remove its pin',
    permission: 'monitoring.incident.update',
    body: z.strictObject({ pinned: z.boolean() }),
    example: { pinned: true },
    success: { status: 200, description: 'The entry', body: Entry, example: NOTED },
    problems: { 404: ['incident.not_found', 'entry.not_found'] },
  },
  addTask: {
    method: 'POST',
    path: '/api/monitoring/incidents/{id}/tasks',
    params: { id: incidentId },
    summary: 'Add a task, or an action item for the review',
    permission: 'monitoring.incident.update',
    body: AddTask,
    example: { kind: 'action_item', title: TASK.title, dueAt: TASK.dueAt },
    success: { status: 201, description: 'The task', body: Task, example: TASK },
    problems: { 400: ['user.unknown'], 404: ['incident.not_found'], 409: ['task.limit'] },
  },
  changeTask: {
    method: 'PATCH',
    path: '/api/monitoring/incidents/{id}/tasks/{taskId}',
    params: { id: incidentId, taskId: pathId('tsk', 'task') },
    summary: 'Change a task: title, assignee, due date, or whether it is done',
    permission: 'monitoring.incident.update',
    body: ChangeTask,
    example: { version: 1, done: true },
    success: {
      status: 200,
      description: 'The task',
      body: Task,
      example: { ...TASK, done: true, doneAt: AT, version: 2 },
    },
    problems: { 400: ['user.unknown'], 404: ['incident.not_found', 'task.not_found'], 409: ['task.changed'] },
  },
  listIncidentAlerts: {
    method: 'GET',
    path: '/api/monitoring/incidents/{id}/alerts',
    params: { id: incidentId },
    summary: 'List the alerts of an incident, in the order in which they opened',
    permission: 'monitoring.read',
    narrower: 'monitoring.incident.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of alerts',
      body: pageOf(Link),
      example: { items: [LINK], next: null },
    },
    problems: { 400: ['cursor.invalid'], 404: ['incident.not_found'] },
  },
  linkAlert: {
    method: 'POST',
    path: '/api/monitoring/incidents/{id}/alerts',
    params: { id: incidentId },
    summary: 'Link an alert to an incident',
    description: 'An alert belongs to one incident. With `move` it is taken from another one.',
    permission: 'monitoring.incident.update',
    body: z.strictObject({
      alertId: z.string().check(z.minLength(1), z.maxLength(128)),
      move: z.optional(z.boolean()),
    }),
    example: { alertId: LINK.alertId },
    success: { status: 201, description: 'The alert', body: Link, example: LINK },
    problems: {
      404: ['incident.not_found', 'alert.not_found'],
      409: ['alert.linked', 'alert.changed', 'incident.closed'],
    },
  },
  unlinkAlert: {
    method: 'DELETE',
    path: '/api/monitoring/incidents/{id}/alerts/{alertId}',
    params: { id: incidentId, alertId: pathId('alr', 'alert') },
    summary: 'Unlink an alert from an incident; rules never link it again',
    permission: 'monitoring.incident.update',
    success: { status: 204, description: 'The alert is unlinked' },
    problems: { 404: ['incident.not_found', 'alert.not_linked'], 409: ['alert.changed'] },
  },
  mergeIncident: {
    method: 'POST',
    path: '/api/monitoring/incidents/{id}/merge',
    params: { id: incidentId },
    summary: 'Merge another incident into this one',
    description:
      'The other incident is closed, names this one as its successor, and keeps its timeline. Its alerts follow within moments.',
    permission: 'monitoring.incident.update',
    body: z.strictObject({ incidentId: IncidentId }),
    example: { incidentId: 'inc_01jd3v8m2k7q4xh2g8vq0p1m9e' },
    success: {
      status: 200,
      description: 'The incident that continues',
      body: Incident,
      example: { ...INCIDENT, mergedFrom: ['inc_01jd3v8m2k7q4xh2g8vq0p1m9e'], version: 2 },
    },
    problems: {
      404: ['incident.not_found'],
      409: ['incident.same', 'incident.closed', 'incident.private', 'incident.limit', 'incident.busy'],
    },
  },
  splitIncident: {
    method: 'POST',
    path: '/api/monitoring/incidents/{id}/split',
    params: { id: incidentId },
    summary: 'Open another incident for some of the alerts of this one',
    permission: 'monitoring.incident.create',
    body: SplitIncident,
    example: { title: 'Search is slow', severity: 'SEV3', alertIds: [LINK.alertId] },
    success: {
      status: 201,
      description: 'The new incident',
      body: Incident,
      example: { ...INCIDENT, title: 'Search is slow', severity: 'SEV3', splitFrom: INCIDENT.id },
    },
    problems: { 404: ['incident.not_found'], 409: ['alert.not_linked', 'incident.closed', 'incident.busy'] },
  },
  publishUpdate: {
    method: 'POST',
    path: '/api/monitoring/incidents/{id}/updates',
    params: { id: incidentId },
    summary: 'Send a status update to all subscribers of incidents',
    description: 'Subscribe by the filter `incidents`. Nothing is published about a private incident.',
    permission: 'monitoring.incident.update',
    body: z.strictObject({ text: Note }),
    example: { text: UPDATE.text },
    success: { status: 201, description: 'The entry of the timeline', body: Entry, example: UPDATE },
    problems: { 404: ['incident.not_found'], 409: ['incident.private'] },
  },
});
