import { exampleAlert } from '../example-alert.ts';
import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../../shared/http/list.ts';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { idPattern } from '../../../shared/kernel/ids.ts';
import { Instant } from '../../../shared/kernel/instant.ts';
import { Alert } from '../alert.ts';
import { Matcher } from './matcher.ts';
import { MAX_MATCHERS, noSuchSilence } from './silence.ts';
import { SilenceView } from './silence-view.ts';

const silenceId = pathParam(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, noSuchSilence);

const READ = { permission: 'monitoring.read', narrower: 'monitoring.alert.read' } as const;
const WRITE = { permission: 'monitoring.alert.acknowledge' } as const;

const MONTH_SECONDS = 31 * 86_400;
const Matchers = z.array(Matcher).check(z.minLength(1), z.maxLength(MAX_MATCHERS));
const Comment = z.string().check(z.trim(), z.maxLength(4_000));

const CreateSilence = z
  .strictObject({
    matchers: Matchers,
    startsAt: z.optional(Instant),
    endsAt: z.optional(Instant),
    durationSeconds: z.optional(z.int().check(z.gte(60), z.lte(MONTH_SECONDS))),
    comment: z._default(Comment, ''),
  })
  .check(
    z.refine(
      ({ endsAt, durationSeconds }) => (endsAt === undefined) !== (durationSeconds === undefined),
      'give either endsAt or durationSeconds',
    ),
  )
  .register(z.globalRegistry, { id: 'CreateSilence' });

const MATCHERS = [
  { name: 'service', value: 'checkout', isRegex: false, isEqual: true },
  { name: 'node', value: 'db.*', isRegex: true, isEqual: true },
];

const EXAMPLE = {
  id: '5a2f3d1e-9c74-4c0a-8a57-0e6d2f1b9c33',
  state: 'active',
  matchers: MATCHERS,
  startsAt: '2026-11-21T03:00:00.000Z',
  endsAt: '2026-11-21T05:00:00.000Z',
  createdBy: 'ana',
  comment: 'Moving house.',
  recurringId: null,
  updatedAt: '2026-11-21T03:00:00.000Z',
  version: 1,
} as const;

const EXAMPLE_ALERT = { ...exampleAlert, labels: { node: 'db-1' } } as const;

const silence = (description: string, status: 200 | 201 = 200) =>
  ({ status, description, body: SilenceView, example: EXAMPLE }) as const;

export const routes = defineRoutes({
  listSilences: {
    method: 'GET',
    path: '/api/monitoring/silences',
    summary: 'List silences, active ones first, those that ended within five days last',
    description:
      'They are the same that Alertmanager’s API shows under /api/v2/silences. With `alert`, only those that match it.',
    ...READ,
    query: z.strictObject({
      state: z.optional(z.enum(['pending', 'active', 'expired'])),
      alert: z.optional(z.string().check(z.regex(idPattern('alr'), 'must be the id of an alert'))),
      limit: Limit,
      cursor: Cursor,
    }),
    success: {
      status: 200,
      description: 'A page of silences',
      body: pageOf(SilenceView),
      example: { items: [EXAMPLE], next: null },
    },
    problems: { 400: ['cursor.invalid'], 404: ['alert.not_found'] },
  },
  createSilence: {
    method: 'POST',
    path: '/api/monitoring/silences',
    summary: 'Silence the alerts that match, until a time or for some seconds',
    description:
      'An active silence mutes the alerts that match all of its matchers: they are stored, and nobody is notified. When it ends, those that are ' +
      'unresolved ring. Matchers read the labels, and `alertname` (the title), `source`, `severity`, `service` and `team`. Regular expressions ' +
      'are of RE2 and match the whole value. Matchers that match everything need a fresh proof of a person with a second factor.',
    ...WRITE,
    body: CreateSilence,
    example: { matchers: MATCHERS, durationSeconds: 7_200, comment: 'Moving house.' },
    success: silence('The silence', 201),
    problems: { 400: ['silence.invalid'], 403: ['auth.proof_required'], 409: ['silence.limit'] },
  },
  previewSilence: {
    method: 'POST',
    path: '/api/monitoring/silences/preview',
    summary: 'Show which unresolved alerts matchers would silence',
    description: 'Among the newest thousand; `complete` is false where there are more. Nothing is stored.',
    ...READ,
    body: z.strictObject({ matchers: Matchers }),
    example: { matchers: MATCHERS },
    success: {
      status: 200,
      description: 'The newest hundred that match, and how many match in all',
      body: z
        .object({ items: z.readonly(z.array(Alert)), matched: z.int(), looked: z.int(), complete: z.boolean() })
        .register(z.globalRegistry, { id: 'SilencePreview' }),
      example: { items: [EXAMPLE_ALERT], matched: 1, looked: 12, complete: true },
    },
    problems: { 400: ['silence.invalid'] },
  },
  readSilence: {
    method: 'GET',
    path: '/api/monitoring/silences/{id}',
    params: { id: silenceId },
    summary: 'Get a silence',
    ...READ,
    success: silence('The silence'),
    problems: { 404: ['silence.not_found'] },
  },
  changeSilence: {
    method: 'PATCH',
    path: '/api/monitoring/silences/{id}',
    params: { id: silenceId },
    summary: 'Move the end of a silence, or change its comment or its matchers',
    description:
      'Other matchers make another silence, which is the answer, and end this one: alerts that only this one matched ring within a minute.',
    ...WRITE,
    body: z.strictObject({
      version: z.int().check(z.gte(1)),
      matchers: z.optional(Matchers),
      endsAt: z.optional(Instant),
      comment: z.optional(Comment),
    }),
    example: { version: 1, endsAt: '2026-11-21T06:00:00Z' },
    success: silence('The silence'),
    problems: {
      400: ['silence.invalid'],
      403: ['auth.proof_required'],
      404: ['silence.not_found'],
      409: ['silence.changed', 'silence.ended', 'silence.limit'],
    },
  },
  endSilence: {
    method: 'DELETE',
    path: '/api/monitoring/silences/{id}',
    params: { id: silenceId },
    summary: 'End a silence now',
    description: 'The unresolved alerts that it muted ring within a minute. One that has ended stays as it is.',
    ...WRITE,
    success: silence('The silence, which has ended'),
    problems: { 404: ['silence.not_found'], 409: ['silence.changed'] },
  },
});
