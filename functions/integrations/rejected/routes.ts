import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { EXAMPLE_EVENT_ID } from '../receipts/routes.ts';
import { RejectedEvent, Replayed, ReplayRejected } from './rejected.ts';

const id = pathId('itg', 'integration');

const EXAMPLE = {
  id: 'rej_000000000007',
  at: '2026-11-21T03:09:00.000Z',
  reason: 'The title finds nothing.',
  body: '{"host":"db-1"}',
  replayable: true,
  state: 'rejected',
  replayedAt: null,
  eventIds: [],
} as const;

export const routes = defineRoutes({
  listRejectedEvents: {
    method: 'GET',
    path: '/api/integrations/{key}/rejected',
    params: { key: id },
    summary: 'List the messages whose events the mapping of an integration rejected',
    description:
      'Newest first: the latest 200 of 14 days, with their reasons and without keys. The path takes the id of the integration.',
    permission: 'monitoring.config.read',
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
    success: {
      status: 200,
      description: 'The rejected events',
      body: pageOf(RejectedEvent),
      example: { items: [EXAMPLE], next: null },
    },
    problems: { 400: ['cursor.invalid'], 404: ['integration.not_found'] },
  },
  replayRejectedEvents: {
    method: 'POST',
    path: '/api/integrations/{key}/rejected/replay',
    params: { key: id },
    summary: 'Replay rejected events after the mapping was mended',
    description:
      'Those that are named, or all that wait, oldest first and 25 at most: `left` says whether there are more. Events of a message that were accepted are ' +
      'left out, and a message that was replayed before answers its receipts again and changes nothing.',
    permission: 'monitoring.config.update',
    body: ReplayRejected,
    bodyOptional: true,
    example: { ids: ['rej_000000000007'] },
    success: {
      status: 200,
      description: 'What became of each',
      body: z.object({ items: z.readonly(z.array(Replayed)), left: z.boolean() }),
      example: {
        items: [{ id: 'rej_000000000007', outcome: 'replayed', eventIds: [EXAMPLE_EVENT_ID], why: null }],
        left: false,
      },
    },
    problems: { 404: ['integration.not_found'], 503: ['store.unavailable'] },
  },
});
