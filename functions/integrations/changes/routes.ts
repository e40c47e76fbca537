import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { Change } from './change.ts';

const Instant = z.optional(z.iso.datetime({ offset: true }));

export const routes = defineRoutes({
  listChanges: {
    method: 'GET',
    path: '/api/changes',
    summary: 'List changes of systems, newest first',
    description:
      'Deployments and the like, as senders reported them by change events. Without `from` it lists the day before `to`, and without ' +
      '`to` it lists up to now. A page may have fewer items than `limit` where `service` is given, and `next` continues it.',
    permission: 'monitoring.read',
    query: z.strictObject({
      from: Instant,
      to: Instant,
      service: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of changes',
      body: pageOf(Change),
      example: {
        items: [
          {
            id: 'chg_01jd3v8m2k7q4xh2g8vq0p1m9d',
            at: '2026-11-21T03:00:00.000Z',
            summary: 'checkout 1.42 deployed to production',
            source: 'ci',
            service: 'checkout',
            team: null,
            integration: { id: 'itg_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'CI' },
            details: { version: '1.42' },
            links: [{ href: 'https://ci.example/1', text: 'CI' }],
          },
        ],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid', 'query.invalid'] },
  },
});
