import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Entry } from './entry.ts';
import { WholeIncident } from './get.ts';
import { ChangeIncident, Incident, Note, OpenIncident, Severity, Status } from './incident.ts';
import { AddTask, ChangeTask, Task } from './task.ts';

const Instant = z.iso.datetime({ offset: true });
const ANA = { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' };
const AT = '2026-11-21T03:00:00.000Z';

const WANTED = {
  title: 'Checkout answers 500',
  severity: 'SEV2',
  summary: 'Every third payment fails.',
  service: 'checkout',
  team: 'payments',
  roles: { commander: ANA.id },
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
  resolvedAt: null,
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

export const routes = defineRoutes({
  listIncidents: {
    method: 'GET',
    path: '/api/monitoring/incidents',
    summary: 'List incidents, those that are not over first, newest first',
    description: 'Private ones are listed for those who take part in them, and for holders of `incidents.private`.',
    permission: 'monitoring.read',
    query: z.strictObject({
      status: z.optional(Status),
      severity: z.optional(Severity),
      service: z.optional(z.string().check(z.maxLength(128))),
      team: z.optional(z.string().check(z.maxLength(128))),
      from: z.optional(Instant),
      to: z.optional(Instant),
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of incidents. It may be short although more follow; the list ends where next is null.',
      body: pageOf(Incident),
      example: { items: [INCIDENT], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  openIncident: {
    method: 'POST',
    path: '/api/monitoring/incidents',
    summary: 'Open an incident',
    permission: 'monitoring.incident.create',
    body: OpenIncident,
    example: WANTED,
    success: { status: 201, description: 'The incident', body: Incident, example: INCIDENT },
  },
  getIncident: {
    method: 'GET',
    path: '/api/monitoring/incidents/{id}',
    summary: 'Get an incident with its tasks, its alerts and the end of its timeline',
    permission: 'monitoring.read',
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
    summary: 'Change the status, severity, roles or facts of an incident',
    description:
      'With the version that it follows. From triggered, investigating, identified and monitoring any of the later of them and ' +
      'resolved may follow, and from the last two any of the others but triggered; from resolved closed, or investigating ' +
      'where it was not over. Closed is final.',
    permission: 'monitoring.incident.update',
    body: ChangeIncident,
    example: { version: 1, status: 'identified', roles: { scribe: ANA.id }, note: 'The last deployment did it.' },
    success: { status: 200, description: 'The incident', body: Incident, example: { ...INCIDENT, version: 2 } },
    problems: {
      404: ['incident.not_found'],
      409: ['incident.changed', 'incident.closed', 'incident.status'],
    },
  },
  listTimeline: {
    method: 'GET',
    path: '/api/monitoring/incidents/{id}/timeline',
    summary: 'Read the timeline of an incident, oldest first',
    permission: 'monitoring.read',
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
    summary: 'Pin an entry of the timeline, or take the pin away',
    permission: 'monitoring.incident.update',
    body: z.strictObject({ pinned: z.boolean() }),
    example: { pinned: true },
    success: { status: 200, description: 'The entry', body: Entry, example: NOTED },
    problems: { 404: ['incident.not_found', 'entry.not_found'] },
  },
  addTask: {
    method: 'POST',
    path: '/api/monitoring/incidents/{id}/tasks',
    summary: 'Add a task, or an action item for the review',
    permission: 'monitoring.incident.update',
    body: AddTask,
    example: { kind: 'action_item', title: TASK.title, assignee: TASK.assignee, dueAt: TASK.dueAt },
    success: { status: 201, description: 'The task', body: Task, example: TASK },
    problems: { 404: ['incident.not_found'], 409: ['task.limit'] },
  },
  changeTask: {
    method: 'PATCH',
    path: '/api/monitoring/incidents/{id}/tasks/{taskId}',
    summary: 'Say that a task is done, whose it is, or until when',
    permission: 'monitoring.incident.update',
    body: ChangeTask,
    example: { version: 1, done: true },
    success: {
      status: 200,
      description: 'The task',
      body: Task,
      example: { ...TASK, done: true, doneAt: AT, version: 2 },
    },
    problems: { 404: ['incident.not_found', 'task.not_found'], 409: ['task.changed'] },
  },
});
