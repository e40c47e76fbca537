import { own } from '../../../shared/kernel/own.ts';
import type { Severity } from '../../alerts/port.ts';
import type { Person } from '../../auth/port.ts';
import type { StoredPolicy, StoredSchedule, StoredService, StoredTeam, Target } from '../../oncall/port.ts';
import { emailOf } from './requester.ts';

/** The plural of each kind of resource, which is the beginning of its path. */
const PATHS: Readonly<Record<string, string>> = {
  user: 'users',
  service: 'services',
  schedule: 'schedules',
  escalation_policy: 'escalation_policies',
  team: 'teams',
  incident: 'incidents',
};

/**
 * The address of a resource below that of the API. Clients that follow it put their own base before it, so it is right behind every
 * host and prefix.
 */
export const selfOf = (type: string, id: string): string | null => {
  const plural = own(PATHS, type);
  return plural === undefined ? null : `/${plural}/${encodeURIComponent(id)}`;
};

/** What every resource begins with. */
export const resource = (type: string, id: string, summary: string) => ({
  id,
  type,
  summary,
  self: selfOf(type, id),
  html_url: null,
});

/** A reference to a resource. */
export const reference = (type: string, id: string, summary: string) => ({
  ...resource(type, id, summary),
  type: `${type}_reference`,
});
export type Reference = ReturnType<typeof reference>;

export const userReference = ({ id, displayName }: Pick<Person, 'id' | 'displayName'>): Reference =>
  reference('user', id, displayName);

/** Somebody who is no user, such as the name that another program gives. */
export const nobodyReference = (name: string): Reference => ({ ...reference('user', name, name), self: null });

export const COLOURS = ['purple', 'red', 'green', 'teal', 'brown', 'turquoise', 'orange', 'blue'] as const;

export const userOf = (person: Person, teams: readonly StoredTeam[], contactMethods: readonly object[]) => ({
  ...resource('user', person.id, person.displayName),
  name: person.displayName,
  email: emailOf(person),
  time_zone: 'Etc/UTC',
  color: COLOURS[[...person.id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % COLOURS.length],
  role: 'user',
  avatar_url: null,
  description: null,
  invitation_sent: false,
  job_title: null,
  teams: teams.filter(({ members }) => members.some(({ userId }) => userId === person.id)).map(teamReference),
  contact_methods: contactMethods,
  notification_rules: [],
});

export const teamReference = ({ id, name }: Pick<StoredTeam, 'id' | 'name'>): Reference => reference('team', id, name);

export const teamOf = ({ id, name, description, parentId }: StoredTeam) => ({
  ...resource('team', id, name),
  name,
  description,
  parent: parentId === null ? null : { id: parentId, type: 'team_reference' },
});

export const serviceReference = ({ id, name }: Pick<StoredService, 'id' | 'name'>): Reference =>
  reference('service', id, name);

/** The service of alerts that have none: an incident of PagerDuty always has one, and clients read it by its id. */
export const NO_SERVICE = { id: `svc_${'0'.repeat(26)}`, name: 'No service' } as const;

/** A service that alerts name and nobody has made. */
export const unmadeService = (name: string | null): Reference =>
  name === null ? serviceReference(NO_SERVICE) : { ...reference('service', name, name), self: null };

export const policyReference = ({ id, name }: Pick<StoredPolicy, 'id' | 'name'>): Reference =>
  reference('escalation_policy', id, name);

export const scheduleReference = ({ id, name }: Pick<StoredSchedule, 'id' | 'name'>): Reference =>
  reference('schedule', id, name);

export const targetReference = (
  { type, id }: Target,
  names: {
    readonly people: readonly Person[];
    readonly schedules: readonly StoredSchedule[];
    readonly teams: readonly StoredTeam[];
  },
): Reference => {
  if (type === 'user') {
    const person = names.people.find((each) => each.id === id);
    return person ? userReference(person) : nobodyReference(id);
  }
  const found = (type === 'schedule' ? names.schedules : type === 'team' ? names.teams : []).find(
    (each) => each.id === id,
  );
  return reference(type, id, found?.name ?? id);
};

/** PagerDuty's priorities are our severities. */
export const PRIORITIES = [
  ['critical', 'P1', 'Wakes people, and everything else waits.'],
  ['error', 'P2', 'Wakes people.'],
  ['warning', 'P3', 'Waits for the day.'],
  ['info', 'P4', 'Is good to know.'],
] as const satisfies readonly (readonly [Severity, string, string])[];

export const priorityOf = (severity: Severity) => {
  const [, name, description] = PRIORITIES.find(([each]) => each === severity) ?? PRIORITIES[1];
  return { ...resource('priority', severity, name), name, description };
};
