import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../shared/http/list.ts';
import { defineRoutes } from '../../shared/http/route.ts';
import { AuditEntry, Outcome } from './entry.ts';

const Instant = z.iso.datetime({ offset: true });

export const routes = defineRoutes({
  listAudit: {
    method: 'GET',
    path: '/api/security/audit',
    summary: 'List the entries of the audit trail, newest first',
    description:
      'Security events, and what somebody changed, seconds after it happened. What the source of an alert reports is in the timeline of the alert. `actor` is an id or a name. `action` is a whole action such as `login.failed`, or a prefix such as `alert.*`.',
    permission: 'security.audit.read',
    query: z.strictObject({
      actor: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
      action: z.optional(
        z
          .string()
          .check(
            z.maxLength(64),
            z.regex(/^[a-z_]+\.([a-z_]+|\*)$/, 'must be an action such as login.failed, or a prefix such as alert.*'),
          ),
      ),
      outcome: z.optional(Outcome),
      from: z.optional(Instant),
      to: z.optional(Instant),
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of the trail. A page may be short although more follow. The list ends where next is null.',
      body: pageOf(AuditEntry),
      example: {
        items: [
          {
            id: 'evt_01jd3v8m2k7q4xh2g8vq0p1m9d',
            at: '2026-11-21T03:00:00.000Z',
            action: 'user.changed',
            actor: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
            subject: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9e', name: 'ben' },
            outcome: 'success',
            ip: '192.0.2.7',
            userAgent: 'curl/8.15.0',
            requestId: '5f9c1c3e-5c0f-4a55-9c0d-1f3f9a0b7d11',
            detail: { roles: 'developer' },
          },
        ],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'] },
  },
});
