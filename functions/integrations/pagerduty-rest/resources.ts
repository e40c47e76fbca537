import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { Person } from '../../auth/port.ts';
import type { DirectoryReader, StoredPolicy, StoredSchedule, StoredService, StoredTeam } from '../../oncall/port.ts';
import type { ContactReference } from '../../paging/port.ts';
import type { Organisation } from './organisation.ts';
import { instantIn, listIn, named, pagingIn, sliceUnder, spanIn, textOf, type Query } from './paging.ts';
import { noSuch, noUser, wrong } from './refusal.ts';
import { emailOf } from './requester.ts';
import {
  NO_SERVICE,
  PRIORITIES,
  priorityOf,
  policyReference,
  reference,
  resource,
  serviceReference,
  targetReference,
  teamOf,
  teamReference,
  userOf,
  userReference,
  nobodyReference,
} from './shapes.ts';

export interface ResourceDeps {
  readonly clock: Clock;
  readonly organisation: () => Organisation;
  readonly directory: Pick<DirectoryReader, 'shifts' | 'schedule'>;
  readonly contactsOf: (userId: string) => Promise<readonly ContactReference[]>;
}

/** What Tocsin has of what PagerDuty sells. */
const ABILITIES: readonly string[] = ['teams', 'urgencies', 'webhooks_v3'];

export const listAbilities = () => ({ abilities: ABILITIES });
export const hasAbility = (name: string): boolean => ABILITIES.includes(name);

const CONTACT_TYPES: Readonly<Record<string, readonly [type: string, summary: string]>> = {
  sms: ['sms_contact_method', 'Mobile'],
  email: ['email_contact_method', 'E-mail'],
};

/** A contact without its address, which only its owner and administrators of Tocsin see. */
const contactReference = (userId: string, { id, channel }: ContactReference) => {
  const [type, summary] = own(CONTACT_TYPES, channel) ?? ['push_notification_contact_method', channel];
  return { ...reference(type, id, summary), self: `/users/${userId}/contact_methods/${id}` };
};

const contactsShown = async ({ contactsOf }: ResourceDeps, { id }: Person) =>
  (await contactsOf(id)).filter(({ verified }) => verified).map((contact) => contactReference(id, contact));

export const listUsers = async (deps: ResourceDeps, query: Query) => {
  const org = deps.organisation();
  const [people, teams] = await Promise.all([org.people(), org.teams()]);
  const wanted = new Set(listIn(query, 'team_ids'));
  const isIn = ({ id }: Person) =>
    wanted.size === 0 || teams.some((team) => wanted.has(team.id) && team.members.some(({ userId }) => userId === id));
  const paged = sliceUnder(
    'users',
    pagingIn(query),
    named(query, people, ({ displayName }) => displayName, emailOf).filter(isIn),
  );
  const users = await Promise.all(
    (paged['users'] ?? []).map(async (person) => userOf(person, teams, await contactsShown(deps, person))),
  );
  return { ...paged, users };
};

export const getUser = async (deps: ResourceDeps, id: string) => {
  const org = deps.organisation();
  const person = await org.people.find((each) => each.id === id);
  if (!person) throw noSuch('user');
  return { user: userOf(person, await org.teams(), await contactsShown(deps, person)) };
};

/** The user whose token this is. A key belongs to no user. */
export const getMe = (deps: ResourceDeps, caller: Caller) => {
  if (caller.kind !== 'user') throw noUser();
  return getUser(deps, caller.id);
};

export const listContactMethods = async (deps: ResourceDeps, id: string) => {
  const person = await deps.organisation().people.find((each) => each.id === id);
  if (!person) throw noSuch('user');
  return { contact_methods: await contactsShown(deps, person) };
};

/** What stands for the service of alerts that have none. The policy `default` pages for them. */
const noService = (): ServiceShown => ({
  ...NO_SERVICE,
  description: 'Alerts that name no service.',
  createdAt: EPOCH,
  changedAt: EPOCH,
  policyId: null,
  teamId: null,
});
const EPOCH = '1970-01-01T00:00:00.000Z';

type ServiceShown = Pick<
  StoredService,
  'id' | 'name' | 'description' | 'createdAt' | 'changedAt' | 'policyId' | 'teamId'
>;

const serviceOf = (service: ServiceShown, policies: readonly StoredPolicy[], teams: readonly StoredTeam[]) => {
  const policyId = service.policyId ?? 'default';
  const policy = policies.find(({ id }) => id === policyId);
  return {
    ...resource('service', service.id, service.name),
    name: service.name,
    description: service.description,
    created_at: service.createdAt,
    updated_at: service.changedAt,
    status: 'active',
    acknowledgement_timeout: policy?.acknowledgementTimeoutMinutes ? policy.acknowledgementTimeoutMinutes * 60 : null,
    auto_resolve_timeout: null,
    last_incident_timestamp: null,
    teams: teams.filter(({ id }) => id === service.teamId).map(teamReference),
    incident_urgency_rule: { type: 'constant', urgency: 'severity_based' },
    scheduled_actions: [],
    support_hours: null,
    escalation_policy: policy ? policyReference(policy) : reference('escalation_policy', policyId, policyId),
    addons: [],
    alert_creation: 'create_alerts_and_incidents',
    alert_grouping: null,
    alert_grouping_timeout: null,
    integrations: [],
    response_play: null,
  };
};

export const listServices = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, query: Query) => {
  const org = organisation();
  const [services, policies, teams] = await Promise.all([org.services(), org.policies(), org.teams()]);
  const wanted = new Set(listIn(query, 'team_ids'));
  const name = textOf(query, 'name');
  const found = named(query, services, (each) => each.name)
    .filter(({ teamId }) => wanted.size === 0 || (teamId !== null && wanted.has(teamId)))
    .filter((each) => name === undefined || each.name === name);
  const sign = textOf(query, 'sort_by') === 'name:desc' ? -1 : 1;
  const inOrder = [...found].sort((a, b) => sign * a.name.localeCompare(b.name));
  return sliceUnder(
    'services',
    pagingIn(query),
    inOrder.map((service) => serviceOf(service, policies, teams)),
  );
};

export const getService = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, id: string) => {
  const org = organisation();
  const service = id === NO_SERVICE.id ? noService() : await org.services.find((each) => each.id === id);
  if (!service) throw noSuch('service');
  return { service: serviceOf(service, await org.policies(), await org.teams()) };
};

const naming = (policies: readonly StoredPolicy[], id: string): readonly StoredPolicy[] =>
  policies.filter(({ steps }) => steps.some(({ targets }) => targets.some((target) => target.id === id)));

const userRef = (people: readonly Person[], id: string) => {
  const person = people.find((each) => each.id === id);
  return person ? userReference(person) : nobodyReference(id);
};

interface Names {
  readonly people: readonly Person[];
  readonly policies: readonly StoredPolicy[];
  readonly teams: readonly StoredTeam[];
}

export const scheduleOf = (schedule: StoredSchedule, { people, policies }: Names) => ({
  ...resource('schedule', schedule.id, schedule.name),
  name: schedule.name,
  time_zone: schedule.timeZone,
  description: schedule.description,
  escalation_policies: naming(policies, schedule.id).map(policyReference),
  users: [...new Set(schedule.layers.flatMap(({ users }) => users))].map((id) => userRef(people, id)),
  teams: [],
});

const TURN_SECONDS = { daily: 86_400, weekly: 604_800, monthly: 2_629_746 } as const;
const UNIT_SECONDS = { hours: 3_600, days: 86_400, weeks: 604_800 } as const;

const layersOf = ({ layers }: StoredSchedule, people: readonly Person[]) =>
  layers.map(({ name, users, rotation, handOff, start, end }, i) => ({
    id: `layer-${i + 1}`,
    name,
    start: `${start}T${handOff}:00`,
    end: end === null ? null : `${end}T${handOff}:00`,
    rotation_virtual_start: `${start}T${handOff}:00`,
    rotation_turn_length_seconds:
      rotation.type === 'custom' ? rotation.every * UNIT_SECONDS[rotation.unit] : TURN_SECONDS[rotation.type],
    users: users.map((id) => ({ user: userRef(people, id) })),
    restrictions: [],
    rendered_schedule_entries: [],
    rendered_coverage_percentage: null,
  }));

export const listSchedules = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, query: Query) => {
  const org = organisation();
  const [schedules, people, policies, teams] = await Promise.all([
    org.schedules(),
    org.people(),
    org.policies(),
    org.teams(),
  ]);
  const hasLayers = listIn(query, 'include').includes('schedule_layers');
  return sliceUnder(
    'schedules',
    pagingIn(query),
    named(query, schedules, ({ name }) => name).map((schedule) => ({
      ...scheduleOf(schedule, { people, policies, teams }),
      ...(hasLayers && { schedule_layers: layersOf(schedule, people) }),
    })),
  );
};

const DAY_MS = 86_400_000;
const MOST_DAYS = 92;
const USUAL_DAYS = 14;

const scheduleSpan = (query: Query, now: Date) => {
  const { since, until } = spanIn(query);
  const from = Math.floor((since ?? now).getTime() / 1000) * 1000;
  const to = until ? Math.ceil(until.getTime() / 1000) * 1000 : from + USUAL_DAYS * DAY_MS;
  if (to - from > MOST_DAYS * DAY_MS) throw wrong(`The span must be of at most ${MOST_DAYS} days.`);
  return { from, to: Math.max(to, from + 1000) };
};

const timeIn =
  (zone: string) =>
  (at: number): string => {
    const offset = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')
      ?.value.slice(3);
    const sign = offset?.startsWith('-') ? -1 : 1;
    const [hours = 0, minutes = 0] = (offset ?? '').slice(1).split(':').map(Number);
    const local = new Date(at + sign * (hours * 60 + minutes) * 60_000).toISOString().slice(0, 19);
    return `${local}${offset || 'Z'}`;
  };

const zoneIn = (query: Query, usual: string): string => {
  const zone = textOf(query, 'time_zone') ?? usual;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    throw wrong('time_zone must be a zone such as Europe/Berlin.');
  }
};

/** One schedule with its layers; with `since` or `until` also who is on call within them. */
export const getSchedule = async (
  { clock, organisation, directory }: Pick<ResourceDeps, 'clock' | 'organisation' | 'directory'>,
  id: string,
  query: Query,
) => {
  const org = organisation();
  const schedule = await directory.schedule(id);
  if (!schedule) throw noSuch('schedule');
  const [people, policies, teams] = await Promise.all([org.people(), org.policies(), org.teams()]);
  const isRendered = instantIn(query, 'since') !== undefined || instantIn(query, 'until') !== undefined;
  const shown = timeIn(zoneIn(query, schedule.timeZone));
  const span = scheduleSpan(query, clock.now());
  const shifts = isRendered ? await directory.shifts(schedule, span) : [];
  const entries = shifts.flatMap(({ from, to, users }) =>
    users.map((user) => ({ start: shown(from), end: shown(to), user: userRef(people, user) })),
  );
  const covered = shifts.reduce((sum, { from, to, users }) => sum + (users.length > 0 ? to - from : 0), 0);
  const sub = (name: string, rendered: readonly object[], part: number | null) => ({
    name,
    rendered_schedule_entries: rendered,
    rendered_coverage_percentage: part,
  });
  return {
    schedule: {
      ...scheduleOf(schedule, { people, policies, teams }),
      schedule_layers: layersOf(schedule, people),
      final_schedule: sub(
        'Final Schedule',
        entries,
        isRendered ? Math.round((10_000 * covered) / (span.to - span.from)) / 100 : null,
      ),
      overrides_subschedule: sub('Overrides', [], null),
    },
  };
};

/** The people who are on call by a schedule within a span, and nothing beside them. */
export const listScheduleUsers = async (
  deps: Pick<ResourceDeps, 'clock' | 'organisation' | 'directory'>,
  id: string,
  query: Query,
) => {
  const schedule = await deps.directory.schedule(id);
  if (!schedule) throw noSuch('schedule');
  const org = deps.organisation();
  const [people, teams] = await Promise.all([org.people(), org.teams()]);
  const shifts = await deps.directory.shifts(schedule, scheduleSpan(query, deps.clock.now()));
  const ids = new Set(shifts.flatMap(({ users }) => users));
  return { users: people.filter((each) => ids.has(each.id)).map((person) => userOf(person, teams, [])) };
};

export const policyOf = (
  policy: StoredPolicy,
  names: {
    readonly people: readonly Person[];
    readonly schedules: readonly StoredSchedule[];
    readonly teams: readonly StoredTeam[];
  },
  services: readonly StoredService[],
) => ({
  ...resource('escalation_policy', policy.id, policy.name),
  name: policy.name,
  description: '',
  num_loops: policy.repeat,
  on_call_handoff_notifications: 'if_has_services',
  escalation_rules: policy.steps.map(({ targets, escalateAfterMinutes }, i) => ({
    id: `${policy.id}-${i + 1}`,
    escalation_delay_in_minutes: escalateAfterMinutes,
    targets: targets.map((target) => targetReference(target, names)),
  })),
  services: services.filter(({ policyId }) => policyId === policy.id).map(serviceReference),
  teams: [],
});

export const listPolicies = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, query: Query) => {
  const org = organisation();
  const [policies, people, schedules, teams, services] = await Promise.all([
    org.policies(),
    org.people(),
    org.schedules(),
    org.teams(),
    org.services(),
  ]);
  const users = new Set(listIn(query, 'user_ids'));
  const ofUsers = ({ steps }: StoredPolicy) =>
    users.size === 0 || steps.some(({ targets }) => targets.some(({ id }) => users.has(id)));
  return sliceUnder(
    'escalation_policies',
    pagingIn(query),
    named(query, policies, ({ name }) => name)
      .filter(ofUsers)
      .map((policy) => policyOf(policy, { people, schedules, teams }, services)),
  );
};

export const getPolicy = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, id: string) => {
  const org = organisation();
  const policy = await org.policies.find((each) => each.id === id);
  if (!policy) throw noSuch('escalation policy');
  const names = { people: await org.people(), schedules: await org.schedules(), teams: await org.teams() };
  return { escalation_policy: policyOf(policy, names, await org.services()) };
};

export const listTeams = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, query: Query) =>
  sliceUnder('teams', pagingIn(query), named(query, await organisation().teams(), ({ name }) => name).map(teamOf));

export const getTeam = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, id: string) => {
  const team = await organisation().teams.find((each) => each.id === id);
  if (!team) throw noSuch('team');
  return { team: teamOf(team) };
};

const ROLES = { lead: 'manager', responder: 'responder', observer: 'observer' } as const;

export const listMembers = async ({ organisation }: Pick<ResourceDeps, 'organisation'>, id: string, query: Query) => {
  const org = organisation();
  const team = await org.teams.find((each) => each.id === id);
  if (!team) throw noSuch('team');
  const people = await org.people();
  return sliceUnder(
    'members',
    pagingIn(query),
    team.members.map(({ userId, role }) => ({ user: userRef(people, userId), role: ROLES[role] })),
  );
};

export const listPriorities = (query: Query) =>
  sliceUnder(
    'priorities',
    pagingIn(query),
    PRIORITIES.map(([severity]) => priorityOf(severity)),
  );
