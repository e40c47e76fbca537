import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { pageId } from '../pages/routes.ts';
import { AddUpdate, Notice, PlanMaintenance, PublishIncident } from './notice.ts';

const noticeId = pathId('ntc', 'notice');

const INCIDENT = {
  id: 'ntc_01jd3v8m2k7q4xh2g8vq0p1m9d',
  page: 'acme',
  kind: 'incident',
  title: 'Payments fail',
  status: 'investigating',
  impact: 'major',
  components: [{ id: 'checkout', state: 'partial_outage' }],
  incidentId: 'inc_01jd3v8m2k7q4xh2g8vq0p1m9e',
  from: null,
  to: null,
  startedAt: '2026-11-21T03:00:00.000Z',
  endedAt: null,
  updates: [
    {
      number: 1,
      at: '2026-11-21T03:00:00.000Z',
      status: 'investigating',
      text: 'Some payments fail. We are looking into it.',
      by: 'ana',
      notify: true,
    },
  ],
  version: 1,
} as const;

const MAINTENANCE = {
  ...INCIDENT,
  kind: 'maintenance',
  title: 'Database upgrade',
  status: 'scheduled',
  impact: 'none',
  components: [{ id: 'checkout', state: 'maintenance' }],
  incidentId: null,
  from: '2026-11-28T01:00:00.000Z',
  to: '2026-11-28T02:00:00.000Z',
  startedAt: '2026-11-28T01:00:00.000Z',
  updates: [{ ...INCIDENT.updates[0], status: 'scheduled', text: 'Checkout is closed for an hour.' }],
} as const;

export const routes = defineRoutes({
  publishStatusIncident: {
    method: 'POST',
    path: '/api/status/pages/{id}/incidents',
    params: { id: pageId },
    summary: 'Make an incident public on a status page',
    description:
      'With a title and a text of its own. `incidentId` links it to an incident for editors: nothing of that incident is shown, and the ' +
      'notice stays when the incident is merged or closed. The components have the given states until the notice is resolved.',
    permission: 'status.publish',
    body: PublishIncident,
    example: {
      title: INCIDENT.title,
      text: INCIDENT.updates[0].text,
      impact: 'major',
      components: INCIDENT.components,
      incidentId: INCIDENT.incidentId,
    },
    success: { status: 201, description: 'The notice', body: Notice, example: INCIDENT },
    problems: {
      404: ['status_page.not_found', 'component.not_found', 'incident.not_found'],
      409: ['notice.published'],
    },
  },
  planStatusMaintenance: {
    method: 'POST',
    path: '/api/status/pages/{id}/maintenance',
    params: { id: pageId },
    summary: 'Announce a maintenance on a status page',
    description: 'It begins and ends by the clock. An update with the status `completed` ends it before.',
    permission: 'status.publish',
    body: PlanMaintenance,
    example: {
      title: MAINTENANCE.title,
      text: MAINTENANCE.updates[0].text,
      from: MAINTENANCE.from,
      to: MAINTENANCE.to,
      components: ['checkout'],
    },
    success: { status: 201, description: 'The notice', body: Notice, example: MAINTENANCE },
    problems: { 400: ['notice.past'], 404: ['status_page.not_found', 'component.not_found'] },
  },
  listStatusNotices: {
    method: 'GET',
    path: '/api/status/pages/{id}/notices',
    params: { id: pageId },
    summary: 'List the incidents and maintenances of a status page, newest first',
    permission: 'status.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'A page of the list. It may be short although more follow. The list ends where next is null.',
      body: pageOf(Notice),
      example: { items: [INCIDENT], next: null },
    },
    problems: { 400: ['cursor.invalid'], 404: ['status_page.not_found'] },
  },
  getStatusNotice: {
    method: 'GET',
    path: '/api/status/pages/{id}/notices/{notice}',
    params: { id: pageId, notice: noticeId },
    summary: 'Get an incident or a maintenance of a status page',
    permission: 'status.read',
    success: { status: 200, description: 'The notice', body: Notice, example: INCIDENT },
    problems: { 404: ['notice.not_found'] },
  },
  addStatusUpdate: {
    method: 'POST',
    path: '/api/status/pages/{id}/notices/{notice}/updates',
    params: { id: pageId, notice: noticeId },
    summary: 'Add a public update to an incident or a maintenance of a status page',
    description:
      'Send the version that you read. `components` replaces the states that the notice gives; without it they stay.',
    permission: 'status.publish',
    body: AddUpdate,
    example: { status: 'identified', text: 'A payment provider is down. We route around it.', version: 1 },
    success: { status: 201, description: 'The notice', body: Notice, example: { ...INCIDENT, version: 2 } },
    problems: {
      404: ['status_page.not_found', 'notice.not_found', 'component.not_found'],
      409: ['notice.changed', 'notice.status', 'notice.limit'],
    },
  },
  withdrawStatusNotice: {
    method: 'DELETE',
    path: '/api/status/pages/{id}/notices/{notice}',
    params: { id: pageId, notice: noticeId },
    summary: 'Take a notice that was published by mistake off a status page',
    permission: 'status.publish',
    success: { status: 204, description: 'The notice is withdrawn' },
    problems: { 404: ['notice.not_found'] },
  },
});
