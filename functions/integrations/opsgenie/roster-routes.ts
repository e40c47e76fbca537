import * as z from 'zod/mini';
import { queryInteger } from '../../../shared/http/list.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { answered, identifierOf, problems, read, text } from './surface.ts';

const identifier = identifierOf(() => notFound('roster.not_found', 'It does not exist'));
const named = { params: { identifier }, greedy: 'identifier', query: z.object({ identifierType: text }) } as const;
const reading = { ...problems, 403: ['integration.no_configuration_access'] } as const;
const found = { ...reading, 404: ['roster.not_found'] } as const;

/** By what the path names the schedule, whether the answer has names alone, and when. */
const OnCallQuery = z.object({ scheduleIdentifierType: text, flat: text, date: text });

const Named = z.looseObject({ id: z.string(), name: z.string() });
const Parent = z.object({ id: z.string(), name: z.string(), enabled: z.boolean() });
const OnCalls = z
  .looseObject({
    _parent: Parent,
    onCallRecipients: z.optional(z.array(z.string())),
    onCallParticipants: z.optional(z.array(Named)),
  })
  .register(z.globalRegistry, { id: 'OpsgenieOnCalls' });
const NextOnCalls = z.looseObject({ _parent: Parent }).register(z.globalRegistry, { id: 'OpsgenieNextOnCalls' });
const User = z
  .looseObject({ id: z.string(), username: z.string(), fullName: z.string(), blocked: z.boolean() })
  .register(z.globalRegistry, { id: 'OpsgenieUser' });

const _parent = { id: 'sch_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'First line', enabled: true } as const;
const SCHEDULE = { ..._parent, description: '', timezone: 'Europe/Berlin', rotations: [] } as const;
const USER = {
  id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d',
  username: 'ana@example.com',
  fullName: 'Ana',
  role: { id: 'User', name: 'User' },
  blocked: false,
  verified: true,
} as const;
const TEAM = { id: 'team_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ops', description: '' } as const;
const ESCALATION = {
  id: 'default',
  name: 'First line',
  description: '',
  rules: [
    {
      condition: 'if-not-acked',
      notifyType: 'default',
      delay: { timeAmount: 0, timeUnit: 'minutes' },
      recipient: { type: 'schedule', id: _parent.id },
    },
  ],
  repeat: { waitInterval: 0, count: 2, resetRecipientStates: false },
} as const;

const success = <T extends z.core.$ZodType, E>(description: string, body: T, data: E) =>
  ({
    status: 200,
    description,
    body: answered(body),
    example: { data, took: 0.02, requestId: 'req-1' },
  }) as const;

/** Each needs `configurationAccess` of the integration, because the answers name people. */
export const rosterRoutes = defineRoutes({
  listOpsgenieSchedules: {
    ...read,
    path: '/v2/schedules',
    summary: 'List schedules by the Opsgenie Schedule API',
    description: 'With rotations where `expand=rotation` asks for them. The integration needs `configurationAccess`.',
    query: z.object({ expand: text }),
    success: success('The schedules', z.array(Named), [SCHEDULE]),
    problems: reading,
  },
  listOpsgenieOnCalls: {
    ...read,
    path: '/v2/schedules/on-calls',
    summary: 'List who is on call by the Opsgenie Schedule API',
    query: z.object({ flat: text, date: text }),
    success: success('Who is on call by each schedule', z.array(OnCalls), [
      { _parent, onCallRecipients: ['ana@example.com'] },
    ]),
    problems: { ...reading, 422: ['opsgenie.invalid'] },
  },
  getOpsgenieSchedule: {
    ...read,
    ...named,
    path: '/v2/schedules/{identifier}',
    summary: 'Get a schedule by the Opsgenie Schedule API',
    success: success('The schedule with its rotations', Named, SCHEDULE),
    problems: found,
  },
  getOpsgenieOnCalls: {
    ...read,
    ...named,
    path: '/v2/schedules/{identifier}/on-calls',
    query: OnCallQuery,
    summary: 'Get who is on call by a schedule by the Opsgenie Schedule API',
    description: 'Names alone where `flat=true`. `date` is another time than now.',
    success: success('Who is on call', OnCalls, { _parent, onCallRecipients: ['ana@example.com'] }),
    problems: { ...found, 422: ['opsgenie.invalid'] },
  },
  getOpsgenieNextOnCalls: {
    ...read,
    ...named,
    path: '/v2/schedules/{identifier}/next-on-calls',
    query: OnCallQuery,
    summary: 'Get who is next on call by a schedule by the Opsgenie Schedule API',
    success: success('Who is on call after the next hand-off', NextOnCalls, {
      _parent,
      nextOnCallRecipients: ['ana@example.com'],
      exactNextOnCallRecipients: ['ana@example.com'],
    }),
    problems: { ...found, 422: ['opsgenie.invalid'] },
  },
  listOpsgenieUsers: {
    ...read,
    path: '/v2/users',
    summary: 'List users by the Opsgenie User API',
    query: z.object({
      offset: z._default(queryInteger(0, 20_000), 0),
      limit: z._default(queryInteger(1, 500), 100),
    }),
    success: {
      status: 200,
      description: 'A page of the users',
      body: z.object({
        totalCount: z.int(),
        data: z.array(User),
        paging: z.record(z.string(), z.string()),
        took: z.number(),
        requestId: z.string(),
      }),
      example: { totalCount: 1, data: [USER], paging: {}, took: 0.02, requestId: 'req-1' },
    },
    problems: reading,
  },
  getOpsgenieUser: {
    ...read,
    ...named,
    path: '/v2/users/{identifier}',
    summary: 'Get a user by the Opsgenie User API',
    description: 'By id or name.',
    success: success('The user', User, USER),
    problems: found,
  },
  listOpsgenieTeams: {
    ...read,
    path: '/v2/teams',
    summary: 'List teams by the Opsgenie Team API',
    success: success('The teams', z.array(Named), [TEAM]),
    problems: reading,
  },
  getOpsgenieTeam: {
    ...read,
    ...named,
    path: '/v2/teams/{identifier}',
    summary: 'Get a team by the Opsgenie Team API',
    success: success('The team with its members', Named, {
      ...TEAM,
      members: [{ user: { id: USER.id, username: USER.username }, role: 'user' }],
    }),
    problems: found,
  },
  listOpsgenieEscalations: {
    ...read,
    path: '/v2/escalations',
    summary: 'List escalation policies by the Opsgenie Escalation API',
    success: success('The policies', z.array(Named), [ESCALATION]),
    problems: reading,
  },
  getOpsgenieEscalation: {
    ...read,
    ...named,
    path: '/v2/escalations/{identifier}',
    summary: 'Get an escalation policy by the Opsgenie Escalation API',
    success: success('The policy', Named, ESCALATION),
    problems: found,
  },
});
