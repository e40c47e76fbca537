import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../shared/http/list.ts';
import { defineRoutes } from '../../shared/http/route.ts';
import { FORMATS } from './chain/formats.ts';
import { AuditEntry, Outcome } from './entry.ts';

const Instant = z.iso.datetime({ offset: true });

const Verification = z
  .object({
    whole: z.boolean(),
    covered: z.nullable(z.object({ from: z.string(), to: z.string() })),
    checkpoints: z.int(),
    entries: z.int(),
    findings: z.readonly(z.array(z.object({ from: z.string(), to: z.string(), what: z.string() }))),
    keys: z.readonly(z.array(z.string())),
    coveredUntil: z.nullable(z.string()),
    next: z.nullable(z.string()),
  })
  .register(z.globalRegistry, { id: 'AuditVerification' });

const FINGERPRINT = '8d1c2f3e7a5b4c6d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f';

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

  verifyAudit: {
    method: 'GET',
    path: '/api/security/audit/verify',
    summary: 'Check that the audit trail of a range is whole',
    description:
      'Each hour is closed by a signed checkpoint, about an hour after its end. This reads the entries of the range again and finds every one that was changed, removed, added or moved since. `whole` is about the windows in `covered`. `coveredUntil` is where checkpoints end now: entries after it are not proved yet. An answer covers as much as can be read in some seconds; go on with `next`. `keys` are the SHA-256 fingerprints of the keys that signed.',
    permission: 'security.audit.read',
    query: z.strictObject({ from: z.optional(Instant), to: z.optional(Instant), cursor: Cursor }),
    success: {
      status: 200,
      description: 'What was checked, and what was found.',
      body: Verification,
      example: {
        whole: true,
        covered: { from: '2026-11-21T00:00:00.000Z', to: '2026-11-21T14:00:00.000Z' },
        checkpoints: 14,
        entries: 212,
        findings: [],
        keys: [FINGERPRINT],
        coveredUntil: '2026-11-21T14:00:00.000Z',
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  exportAudit: {
    method: 'GET',
    path: '/api/security/audit/export',
    summary: 'Export the audit trail with its checkpoints',
    description:
      'The lines of a file, page by page; write each with a line feed. `jsonl` has every entry that a checkpoint covers, as canonical JSON (RFC 8785), with the checkpoints, their signatures and the public keys: `npx tocsin audit verify` checks it without Tocsin. `ocsf` has the same entries as events of OCSF 1.3, for other programs. Windows are exported whole.',
    permission: 'security.audit.read',
    query: z.strictObject({
      from: z.optional(Instant),
      to: z.optional(Instant),
      format: z.optional(z.enum(FORMATS)),
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'Lines of the export. The export ends where next is null.',
      body: z
        .object({ items: z.readonly(z.array(z.string())), next: z.nullable(z.string()) })
        .register(z.globalRegistry, { id: 'AuditExport' }),
      example: { items: ['{"end":{"checkpoints":14,"entries":212}}'], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
});
