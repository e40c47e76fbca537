import * as z from 'zod/mini';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { CreateView, List, ReplaceView, View } from './view.ts';

const id = pathId('view', 'view');

const ACCESS = { permission: 'monitoring.read', narrower: 'monitoring.alert.read' } as const;

const EXAMPLE = {
  id: 'view_01jd3v8m2k7q4xh2g8vq0p1m9d',
  list: 'alerts',
  name: 'Payments, urgent',
  query: 'filter=service%3Dcheckout&sort=-last',
  shared: true,
  owner: { id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
  mine: true,
  changedAt: '2026-11-21T03:00:00.000Z',
  version: 1,
} as const;

export const routes = defineRoutes({
  listViews: {
    method: 'GET',
    path: '/api/monitoring/views',
    summary: 'List saved views of lists: your own, and those that are shared',
    ...ACCESS,
    query: z.strictObject({ list: z.optional(List) }),
    success: {
      status: 200,
      description: 'The views, by name',
      body: z.object({ items: z.array(View) }),
      example: { items: [EXAMPLE] },
    },
  },
  createView: {
    method: 'POST',
    path: '/api/monitoring/views',
    summary: 'Save a view of a list for yourself, or for everybody',
    description:
      'Its query is what the console has in the address after the question mark. To share it needs monitoring.alert.acknowledge.',
    ...ACCESS,
    body: CreateView,
    example: { list: 'alerts', name: 'Payments, urgent', query: 'filter=service%3Dcheckout&sort=-last', shared: true },
    success: { status: 201, description: 'The view', body: View, example: EXAMPLE },
    problems: { 403: ['view.sharing'], 409: ['view.limit'] },
  },
  replaceView: {
    method: 'PUT',
    path: '/api/monitoring/views/{id}',
    params: { id },
    summary: 'Replace a view of yours; a shared one also with monitoring.config.update',
    ...ACCESS,
    body: ReplaceView,
    example: { version: 1, name: 'Payments', query: 'filter=service%3Dcheckout', shared: false },
    success: { status: 200, description: 'The view', body: View, example: { ...EXAMPLE, version: 2 } },
    problems: {
      403: ['view.sharing', 'view.not_yours'],
      404: ['view.not_found'],
      409: ['view.changed', 'view.limit'],
    },
  },
  deleteView: {
    method: 'DELETE',
    path: '/api/monitoring/views/{id}',
    params: { id },
    summary: 'Delete a view of yours; a shared one also with monitoring.config.update',
    ...ACCESS,
    success: { status: 204, description: 'The view is deleted' },
    problems: { 403: ['view.not_yours'], 404: ['view.not_found'], 409: ['view.changed'] },
  },
});
