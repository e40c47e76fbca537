import * as z from 'zod/mini';
import { queryInteger } from '../../../shared/http/list.ts';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { answered, identifierOf, problems, read, text, write, written } from './surface.ts';

/** A file is read for its name and size alone. */
const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** By what the path names the alert: `id`, `alias` or `tiny`. */
const Named = z.object({ identifierType: text });
const Removed = z.object({ identifierType: text, tags: text, keys: text, user: text, source: text, note: text });

/** A saved search, by its id or its name. */
const BySearch = { searchIdentifier: text, searchIdentifierType: text };

const noSuchAlert = () => notFound('alert.not_found', 'Alert does not exist');
const identifier = identifierOf(noSuchAlert);
const name = pathParam(/^[^\0]{1,256}$/s, noSuchAlert);

const named = { params: { identifier }, greedy: 'identifier', query: Named } as const;

const found = { ...problems, 404: ['alert.not_found'] } as const;

const REQUEST = 'evt_01jd3v8m2k0123456789abcdefghijklmn-create-01jd3v8m2k7q4x-';

const Accepted = z.object({ result: z.string(), took: z.number(), requestId: z.string() });
const accepted = {
  status: 202,
  description: 'The request is carried out; its status says whether it changed the alert',
  body: Accepted,
  example: { result: 'Request will be processed', took: 0.012, requestId: REQUEST },
} as const;

/** Fields that clients read; the answer has all of Opsgenie's. */
const OpsgenieAlert = z
  .looseObject({
    id: z.string(),
    tinyId: z.string(),
    alias: z.string(),
    message: z.string(),
    status: z.enum(['open', 'closed']),
    acknowledged: z.boolean(),
    tags: z.array(z.string()),
    snoozed: z.boolean(),
    count: z.int(),
    createdAt: z.string(),
    lastOccurredAt: z.string(),
    owner: z.string(),
    priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']),
    details: z.record(z.string(), z.string()),
  })
  .register(z.globalRegistry, { id: 'OpsgenieAlert' });

const ALERT = {
  id: 'alr_01jd3v8m2k7q4x0123456789abcdefghijklmn',
  tinyId: '911640123451234',
  alias: 'db-1/disk',
  message: 'Disk full',
  status: 'open',
  acknowledged: false,
  tags: ['prod'],
  snoozed: false,
  count: 1,
  createdAt: '2026-11-21T03:00:00.000Z',
  lastOccurredAt: '2026-11-21T03:00:00.000Z',
  owner: '',
  priority: 'P1',
  details: { region: 'eu-1' },
} as const;

const Entry = z.looseObject({ owner: z.string(), createdAt: z.string(), offset: z.string() });

const change = <const Path extends `/v2/alerts/{identifier}${string}`>(path: Path, summary: string) =>
  ({ ...write, ...named, path, summary, success: accepted, problems: written }) as const;

const put = <const Path extends `/v2/alerts/{identifier}${string}`>(path: Path, summary: string) =>
  ({ ...change(path, summary), method: 'PUT' }) as const;

export const routes = defineRoutes({
  createOpsgenieAlert: {
    ...write,
    path: '/v2/alerts',
    summary: 'Create an alert by the Opsgenie Alert API',
    description:
      'Authorise with the key of an integration: `Authorization: GenieKey …`. An `alias` that is open counts, and raises its severity where ' +
      'the priority is worse. Every route of the Alert API answers in the shapes of Opsgenie, and has alerts of the integration only.',
    success: accepted,
    problems: written,
  },
  listOpsgenieAlerts: {
    ...read,
    path: '/v2/alerts',
    summary: 'List alerts by the Opsgenie Alert API',
    query: z.object({
      query: z.optional(z.string().check(z.maxLength(1000))),
      ...BySearch,
      offset: z._default(queryInteger(0, 20_000), 0),
      limit: z._default(queryInteger(1, 100), 20),
      sort: text,
      order: text,
    }),
    success: {
      status: 200,
      description: 'A page of the alerts that the query finds',
      body: z.object({
        data: z.array(OpsgenieAlert),
        paging: z.record(z.string(), z.string()),
        took: z.number(),
        requestId: z.string(),
      }),
      example: { data: [ALERT], paging: {}, took: 0.02, requestId: 'req-1' },
    },
    problems: { ...problems, 404: ['search.not_found'], 422: ['query.invalid'] },
  },
  countOpsgenieAlerts: {
    ...read,
    path: '/v2/alerts/count',
    summary: 'Count alerts by the Opsgenie Alert API',
    query: z.object({ query: z.optional(z.string().check(z.maxLength(1000))), ...BySearch }),
    success: {
      status: 200,
      description: 'How many alerts the query finds, up to a thousand',
      body: answered(z.object({ count: z.int() })),
      example: { data: { count: 7 }, took: 0.02, requestId: 'req-1' },
    },
    problems: { ...problems, 404: ['search.not_found'], 422: ['query.invalid'] },
  },
  getOpsgenieRequest: {
    ...read,
    path: '/v2/alerts/requests/{requestId}',
    params: { requestId: pathParam(/^evt_[\w.-]{1,124}$/, () => notFound('request.not_found', 'Request not found.')) },
    summary: 'Get the status of a request by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'What became of the request',
      body: answered(
        z.looseObject({ isSuccess: z.boolean(), action: z.string(), alertId: z.string(), alias: z.string() }),
      ),
      example: {
        data: { isSuccess: true, action: 'Create', alertId: ALERT.id, alias: ALERT.alias },
        took: 0.01,
        requestId: 'req-1',
      },
    },
    problems: { ...problems, 404: ['request.not_found', 'request.not_processed'] },
  },
  getOpsgenieAlert: {
    ...read,
    ...named,
    path: '/v2/alerts/{identifier}',
    summary: 'Get an alert by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'The alert',
      body: answered(OpsgenieAlert),
      example: { data: ALERT, took: 0.01, requestId: 'req-1' },
    },
    problems: { ...problems, 404: ['alert.not_found', 'route.not_found'] },
  },
  deleteOpsgenieAlert: {
    ...write,
    ...named,
    method: 'DELETE',
    query: Removed,
    path: '/v2/alerts/{identifier}',
    summary: 'Delete an alert by the Opsgenie Alert API',
    description:
      'The alert is resolved, and this API answers 404 for it and lists it no more. Alerts are records, so people still find it, and its timeline says that it was deleted.',
    success: accepted,
    problems: written,
  },
  acknowledgeOpsgenieAlert: change(
    '/v2/alerts/{identifier}/acknowledge',
    'Acknowledge an alert by the Opsgenie Alert API',
  ),
  unacknowledgeOpsgenieAlert: change(
    '/v2/alerts/{identifier}/unacknowledge',
    'Take back an acknowledgement by the Opsgenie Alert API',
  ),
  closeOpsgenieAlert: change('/v2/alerts/{identifier}/close', 'Close an alert by the Opsgenie Alert API'),
  snoozeOpsgenieAlert: change('/v2/alerts/{identifier}/snooze', 'Snooze an alert by the Opsgenie Alert API'),
  addOpsgenieNote: change('/v2/alerts/{identifier}/notes', 'Add a note to an alert by the Opsgenie Alert API'),
  assignOpsgenieAlert: change('/v2/alerts/{identifier}/assign', 'Assign an alert by the Opsgenie Alert API'),
  addOpsgenieTags: change('/v2/alerts/{identifier}/tags', 'Add tags to an alert by the Opsgenie Alert API'),
  removeOpsgenieTags: {
    ...change('/v2/alerts/{identifier}/tags', 'Remove tags from an alert by the Opsgenie Alert API'),
    method: 'DELETE',
    query: Removed,
  },
  addOpsgenieDetails: change('/v2/alerts/{identifier}/details', 'Add details to an alert by the Opsgenie Alert API'),
  removeOpsgenieDetails: {
    ...change('/v2/alerts/{identifier}/details', 'Remove details from an alert by the Opsgenie Alert API'),
    method: 'DELETE',
    query: Removed,
  },
  addOpsgenieResponder: {
    ...change('/v2/alerts/{identifier}/responders', 'Add a responder to an alert by the Opsgenie Alert API'),
    description:
      'The user, those on call by the schedule, those who answer for the team or those of the first step of the policy are paged at once. ' +
      'A repeat within five minutes pages nobody twice.',
  },
  addOpsgenieTeam: {
    ...change('/v2/alerts/{identifier}/teams', 'Add a team to an alert by the Opsgenie Alert API'),
    description: 'Those who answer for it are paged at once.',
  },
  escalateOpsgenieAlert: {
    ...change('/v2/alerts/{identifier}/escalate', 'Escalate an alert by the Opsgenie Alert API'),
    description:
      'By the policy that is named: its next step at once where the alert escalates by it, else from its first step on.',
  },
  attachToOpsgenieAlert: {
    ...write,
    ...named,
    textBody: 'cut',
    maxBodyBytes: MAX_FILE_BYTES,
    query: z.object({ identifierType: text, alertIdentifierType: text }),
    path: '/v2/alerts/{identifier}/attachments',
    summary: 'Note a file of an alert by the Opsgenie Alert API',
    description: 'A form with a `file`. Its name and size are stored, and the file itself is not.',
    success: {
      status: 201,
      description: 'The number of the file within the alert',
      body: z.object({
        result: z.string(),
        data: z.object({ id: z.string() }),
        took: z.number(),
        requestId: z.string(),
      }),
      example: { result: 'Created', data: { id: '1' }, took: 0.02, requestId: 'req-1' },
    },
    problems: { ...written, 404: ['alert.not_found'] },
  },
  listOpsgenieAttachments: {
    ...read,
    ...named,
    query: z.object({ identifierType: text, alertIdentifierType: text }),
    path: '/v2/alerts/{identifier}/attachments',
    summary: 'List the files of an alert by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'What is known of them',
      body: answered(z.array(z.object({ id: z.int(), name: z.string() }))),
      example: { data: [{ id: 1, name: 'graph.png' }], took: 0.02, requestId: 'req-1' },
    },
    problems: found,
  },
  getOpsgenieAttachment: {
    ...read,
    ...named,
    params: { identifier, attachment: name },
    query: z.object({ identifierType: text, alertIdentifierType: text }),
    path: '/v2/alerts/{identifier}/attachments/{attachment}',
    summary: 'Get a file of an alert by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'Its name and size; it has no address',
      body: answered(z.object({ name: z.string(), url: z.string(), size: z.int() })),
      example: { data: { name: 'graph.png', url: '', size: 4096 }, took: 0.02, requestId: 'req-1' },
    },
    problems: { ...problems, 404: ['alert.not_found', 'attachment.not_found'] },
  },
  deleteOpsgenieAttachment: {
    ...write,
    ...named,
    method: 'DELETE',
    params: { identifier, attachment: name },
    query: z.object({ identifierType: text, alertIdentifierType: text }),
    path: '/v2/alerts/{identifier}/attachments/{attachment}',
    summary: 'Forget a file of an alert by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'It is forgotten',
      body: z.object({ result: z.string(), took: z.number(), requestId: z.string() }),
      example: { result: 'Deleted', took: 0.02, requestId: 'req-1' },
    },
    problems: { ...problems, 404: ['alert.not_found', 'attachment.not_found'] },
  },
  runOpsgenieAction: {
    ...change('/v2/alerts/{identifier}/actions/{action}', 'Ask for a custom action by the Opsgenie Alert API'),
    params: { identifier, action: name },
    description: 'The timeline of the alert has a note, and its subscribers read that.',
  },
  setOpsgenieMessage: put(
    '/v2/alerts/{identifier}/message',
    'Change the message of an alert by the Opsgenie Alert API',
  ),
  setOpsgenieDescription: put(
    '/v2/alerts/{identifier}/description',
    'Change the description of an alert by the Opsgenie Alert API',
  ),
  setOpsgeniePriority: put(
    '/v2/alerts/{identifier}/priority',
    'Change the priority of an alert by the Opsgenie Alert API',
  ),
  listOpsgenieNotes: {
    ...read,
    ...named,
    path: '/v2/alerts/{identifier}/notes',
    summary: 'List the notes of an alert by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'The notes, newest first',
      body: answered(z.array(Entry)),
      example: {
        data: [{ note: 'hello', owner: 'checkout', createdAt: '2026-11-21T03:00:00.000Z', offset: '2' }],
        took: 0.01,
        requestId: 'req-1',
      },
    },
    problems: found,
  },
  listOpsgenieLogs: {
    ...read,
    ...named,
    path: '/v2/alerts/{identifier}/logs',
    summary: 'List what happened to an alert by the Opsgenie Alert API',
    success: {
      status: 200,
      description: 'The entries of the timeline, newest first',
      body: answered(z.array(Entry)),
      example: {
        data: [
          { log: 'opened', type: 'system', owner: 'checkout', createdAt: '2026-11-21T03:00:00.000Z', offset: '1' },
        ],
        took: 0.01,
        requestId: 'req-1',
      },
    },
    problems: found,
  },
});
