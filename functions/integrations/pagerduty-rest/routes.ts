import * as z from 'zod/mini';
import { pathParam } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';
import { idPattern, type IdPrefix } from '../../../shared/kernel/ids.ts';
import { noSuch } from './refusal.ts';
import { found, page, paged, problems, read, texts, write, written } from './route-parts.ts';

const of = (prefix: IdPrefix, noun: string) => pathParam(idPattern(prefix), () => noSuch(noun));

const ability = pathParam(/^[a-z][a-z0-9_]{0,63}$/, () => noSuch('ability'));
/** The id of an alert, or that of the event with which one was accepted in an outage. */
const incident = pathParam(/^(?:alr_[0-9a-z]{14}[0-9a-v]{24}|evt_[0-9a-z]{34}-[\w.-]{1,80})$/, () =>
  noSuch('incident'),
);
const logEntry = pathParam(/^alr_[0-9a-z]{14}[0-9a-v]{24}-[1-9]\d{0,8}$/, () => noSuch('log entry'));
const policy = pathParam(/^[a-z0-9][a-z0-9_-]{0,62}$/, () => noSuch('escalation policy'));
const user = of('usr', 'user');
const service = of('svc', 'service');
const schedule = of('sch', 'schedule');
const team = of('team', 'team');

const Named = z.looseObject({ ...paged, query: texts });
const Span = { since: texts, until: texts };

/** Fields that clients read; an answer has all of PagerDuty's. */
const Resource = z.looseObject({ id: z.string(), type: z.string(), summary: z.string() });
const wholly = { limit: 25, offset: 0, more: false, total: null } as const;

const USER = { id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', type: 'user_reference', summary: 'Ana Berg' } as const;
const SERVICE = { id: 'svc_01jd3v8m2k7q4xh2g8vq0p1m9d', type: 'service_reference', summary: 'shop' } as const;
const POLICY = { id: 'default', type: 'escalation_policy_reference', summary: 'First line' } as const;
const INCIDENT = {
  id: 'alr_01jd3v8m2k7q4x0123456789abcdefghijklmn',
  type: 'incident',
  summary: '[#1763694000000] Disk full',
  incident_number: 1_763_694_000_000,
  title: 'Disk full',
  status: 'triggered',
  urgency: 'high',
  incident_key: 'db-1/disk',
  created_at: '2025-11-21T03:00:00.000Z',
  service: SERVICE,
  escalation_policy: POLICY,
  assignments: [],
} as const;

const list = <const Path extends `/api.pagerduty.com/${string}`>(
  path: Path,
  name: string,
  summary: string,
  example: object,
) =>
  ({
    ...read,
    path,
    summary: `${summary} by the PagerDuty REST API`,
    success: {
      status: 200,
      description: 'A page of the list',
      body: page(name),
      example: { [name]: [example], ...wholly },
    },
    problems,
  }) as const;

const one = <const Path extends `/api.pagerduty.com/${string}`>(
  path: Path,
  name: string,
  summary: string,
  example: object,
) =>
  ({
    ...read,
    path,
    summary: `${summary} by the PagerDuty REST API`,
    success: {
      status: 200,
      description: 'The resource',
      body: z.object({ [name]: z.looseObject({}) }),
      example: { [name]: example },
    },
    problems: found,
  }) as const;

const answered = (status: 200 | 201) =>
  ({
    status,
    description: 'The incident as it is now',
    body: z.object({ incident: Resource }),
    example: { incident: INCIDENT },
  }) as const;

const NOTE = {
  id: 'alr_01jd3v8m2k7q4x0123456789abcdefghijklmn-2',
  content: 'The disk is being replaced.',
  user: USER,
} as const;
const Note = z.looseObject({ id: z.string(), content: z.string() });
const LOG = {
  id: 'alr_01jd3v8m2k7q4x0123456789abcdefghijklmn-1',
  type: 'trigger_log_entry',
  summary: 'Triggered by checkout',
} as const;
const ONCALL = {
  escalation_policy: POLICY,
  escalation_level: 1,
  schedule: null,
  user: USER,
  start: null,
  end: null,
} as const;

export const routes = defineRoutes({
  listPagerDutyAbilities: {
    ...read,
    path: '/api.pagerduty.com/abilities',
    summary: 'List abilities by the PagerDuty REST API',
    description:
      'Authorise each route of the REST API with a machine key, `Authorization: Token token=tsk_…`, or with the token of a user, ' +
      '`Authorization: Bearer …`. Every route answers in the shapes of PagerDuty.',
    success: {
      status: 200,
      description: 'The abilities',
      body: z.object({ abilities: z.readonly(z.array(z.string())) }),
      example: { abilities: ['teams'] },
    },
    problems,
  },
  testPagerDutyAbility: {
    ...read,
    path: '/api.pagerduty.com/abilities/{id}',
    params: { id: ability },
    summary: 'Test an ability by the PagerDuty REST API',
    success: { status: 204, description: 'There is such an ability; otherwise the answer is 402' },
    problems,
  },
  listPagerDutyIncidents: {
    ...list('/api.pagerduty.com/incidents', 'incidents', 'List incidents', INCIDENT),
    description: 'Incidents are the alerts of Tocsin, oldest first, of the last 30 days where nothing else is said.',
    query: z.looseObject({
      ...paged,
      ...Span,
      'statuses[]': texts,
      'urgencies[]': texts,
      'service_ids[]': texts,
      'team_ids[]': texts,
      'user_ids[]': texts,
      'include[]': texts,
      incident_key: texts,
      date_range: texts,
      sort_by: texts,
    }),
  },
  createPagerDutyIncident: {
    ...write,
    method: 'POST',
    path: '/api.pagerduty.com/incidents',
    summary: 'Create an incident by the PagerDuty REST API',
    description: 'Opens an alert of the service. `From` names the user in whose name it is created.',
    success: answered(201),
    problems: written,
  },
  changePagerDutyIncidents: {
    ...write,
    method: 'PUT',
    path: '/api.pagerduty.com/incidents',
    summary: 'Change up to 250 incidents by the PagerDuty REST API',
    success: {
      status: 200,
      description: 'The incidents as they are now',
      body: z.object({ incidents: z.array(Resource) }),
      example: { incidents: [INCIDENT] },
    },
    problems: written,
  },
  getPagerDutyIncident: {
    ...one('/api.pagerduty.com/incidents/{id}', 'incident', 'Read an incident', INCIDENT),
    params: { id: incident },
  },
  changePagerDutyIncident: {
    ...write,
    method: 'PUT',
    path: '/api.pagerduty.com/incidents/{id}',
    params: { id: incident },
    summary: 'Acknowledge, resolve, reassign or change an incident by the PagerDuty REST API',
    success: answered(200),
    problems: written,
  },
  snoozePagerDutyIncident: {
    ...write,
    method: 'POST',
    path: '/api.pagerduty.com/incidents/{id}/snooze',
    params: { id: incident },
    summary: 'Snooze an incident by the PagerDuty REST API',
    success: answered(201),
    problems: written,
  },
  listPagerDutyNotes: {
    ...read,
    path: '/api.pagerduty.com/incidents/{id}/notes',
    params: { id: incident },
    summary: 'List the notes of an incident by the PagerDuty REST API',
    success: {
      status: 200,
      description: 'The notes',
      body: z.object({ notes: z.array(Note) }),
      example: { notes: [NOTE] },
    },
    problems: found,
  },
  addPagerDutyNote: {
    ...write,
    method: 'POST',
    path: '/api.pagerduty.com/incidents/{id}/notes',
    params: { id: incident },
    summary: 'Add a note to an incident by the PagerDuty REST API',
    success: { status: 200, description: 'The note', body: z.object({ note: Note }), example: { note: NOTE } },
    problems: written,
  },
  listPagerDutyLogEntries: {
    ...list('/api.pagerduty.com/incidents/{id}/log_entries', 'log_entries', 'List what happened to an incident', LOG),
    params: { id: incident },
    query: z.looseObject({ ...paged, ...Span, is_overview: texts, 'include[]': texts }),
    problems: found,
  },
  getPagerDutyLogEntry: {
    ...one('/api.pagerduty.com/log_entries/{id}', 'log_entry', 'Read a log entry', LOG),
    params: { id: logEntry },
  },
  listPagerDutyAlerts: {
    ...list('/api.pagerduty.com/incidents/{id}/alerts', 'alerts', 'List the alert of an incident', {
      ...INCIDENT,
      type: 'alert',
    }),
    params: { id: incident },
    query: z.looseObject({ ...paged, 'statuses[]': texts }),
    problems: found,
  },
  getPagerDutyAlert: {
    ...one('/api.pagerduty.com/incidents/{id}/alerts/{alertId}', 'alert', 'Read the alert of an incident', {
      ...INCIDENT,
      type: 'alert',
    }),
    params: { id: incident, alertId: incident },
  },
  listPagerDutyOnCalls: {
    ...list('/api.pagerduty.com/oncalls', 'oncalls', 'List who is on call', ONCALL),
    query: z.looseObject({
      ...paged,
      ...Span,
      'escalation_policy_ids[]': texts,
      'schedule_ids[]': texts,
      'user_ids[]': texts,
      'include[]': texts,
      earliest: texts,
    }),
  },
  listPagerDutyUsers: {
    ...list('/api.pagerduty.com/users', 'users', 'List users', USER),
    description:
      'The e-mail address of a user is the name to log in. Contact methods are references, without their addresses.',
    query: z.looseObject({ ...Named.shape, 'team_ids[]': texts, 'include[]': texts }),
  },
  getPagerDutyMe: {
    ...one('/api.pagerduty.com/users/me', 'user', 'Read the user whose token it is', USER),
    problems: { ...problems, 400: ['pagerduty.no_user'] },
  },
  getPagerDutyUser: { ...one('/api.pagerduty.com/users/{id}', 'user', 'Read a user', USER), params: { id: user } },
  listPagerDutyContactMethods: {
    ...read,
    path: '/api.pagerduty.com/users/{id}/contact_methods',
    params: { id: user },
    summary: 'List the contact methods of a user, without their addresses, by the PagerDuty REST API',
    success: {
      status: 200,
      description: 'The contact methods',
      body: z.object({ contact_methods: z.array(Resource) }),
      example: {
        contact_methods: [
          { id: 'con_01jd3v8m2k7q4xh2g8vq0p1m9d', type: 'sms_contact_method_reference', summary: 'Mobile' },
        ],
      },
    },
    problems: found,
  },
  listPagerDutyServices: {
    ...list('/api.pagerduty.com/services', 'services', 'List services', SERVICE),
    query: z.looseObject({ ...Named.shape, name: texts, sort_by: texts, 'team_ids[]': texts, 'include[]': texts }),
  },
  getPagerDutyService: {
    ...one('/api.pagerduty.com/services/{id}', 'service', 'Read a service', SERVICE),
    params: { id: service },
  },
  listPagerDutySchedules: {
    ...list('/api.pagerduty.com/schedules', 'schedules', 'List schedules', { ...SERVICE, type: 'schedule' }),
    query: z.looseObject({ ...Named.shape, 'include[]': texts }),
  },
  getPagerDutySchedule: {
    ...one('/api.pagerduty.com/schedules/{id}', 'schedule', 'Read a schedule', { ...SERVICE, type: 'schedule' }),
    params: { id: schedule },
    query: z.looseObject({ ...Span, time_zone: texts }),
  },
  listPagerDutyScheduleUsers: {
    ...read,
    path: '/api.pagerduty.com/schedules/{id}/users',
    params: { id: schedule },
    query: z.looseObject(Span),
    summary: 'List who is on call by a schedule within a span by the PagerDuty REST API',
    success: {
      status: 200,
      description: 'The users',
      body: z.object({ users: z.array(Resource) }),
      example: { users: [USER] },
    },
    problems: found,
  },
  listPagerDutyPolicies: {
    ...list('/api.pagerduty.com/escalation_policies', 'escalation_policies', 'List escalation policies', POLICY),
    query: z.looseObject({ ...Named.shape, 'user_ids[]': texts, 'include[]': texts }),
  },
  getPagerDutyPolicy: {
    ...one('/api.pagerduty.com/escalation_policies/{id}', 'escalation_policy', 'Read an escalation policy', POLICY),
    params: { id: policy },
  },
  listPagerDutyTeams: {
    ...list('/api.pagerduty.com/teams', 'teams', 'List teams', { ...SERVICE, type: 'team' }),
    query: Named,
  },
  getPagerDutyTeam: {
    ...one('/api.pagerduty.com/teams/{id}', 'team', 'Read a team', { ...SERVICE, type: 'team' }),
    params: { id: team },
  },
  listPagerDutyMembers: {
    ...list('/api.pagerduty.com/teams/{id}/members', 'members', 'List the members of a team', {
      user: USER,
      role: 'responder',
    }),
    params: { id: team },
    query: z.looseObject(paged),
    problems: found,
  },
  listPagerDutyPriorities: {
    ...list('/api.pagerduty.com/priorities', 'priorities', 'List priorities', {
      id: 'critical',
      type: 'priority',
      name: 'P1',
    }),
    query: z.looseObject(paged),
  },
});
