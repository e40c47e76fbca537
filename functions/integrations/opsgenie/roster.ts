import { instantOf } from '../../../shared/calendar/wall-clock.ts';
import type { Person } from '../../auth/port.ts';
import type { StoredPolicy, StoredSchedule, StoredTeam, Target } from '../../oncall/port.ts';

/* Schedules, teams, policies and users of ours in the shapes of Opsgenie. Users are known by their names. */

/** Finds who a user is; undefined for one that is gone. */
export type PersonOf = (id: string) => Person | undefined;

/** How Opsgenie knows a user. A user who is gone has the id in place of a name. */
export const usernameOf = (personOf: PersonOf, id: string): string => personOf(id)?.username ?? id;

const ROTATION_TYPES: Readonly<Record<string, string>> = {
  daily: 'daily',
  weekly: 'weekly',
  hours: 'hourly',
  days: 'daily',
  weeks: 'weekly',
};

const rotationOf = (schedule: StoredSchedule, at: number, personOf: PersonOf) => {
  const layer = schedule.layers[at] as StoredSchedule['layers'][number];
  const { rotation, start, end, handOff } = layer;
  const instant = (day: string): string =>
    new Date(instantOf(Date.parse(`${day}T${handOff}:00Z`), schedule.timeZone)).toISOString();
  const type = ROTATION_TYPES[rotation.type === 'custom' ? rotation.unit : rotation.type];
  return {
    id: `${schedule.id}_${at}`,
    name: layer.name,
    startDate: instant(start),
    ...(end !== null && { endDate: instant(end) }),
    // Opsgenie has no rotation by months.
    ...(type && { type, length: rotation.type === 'custom' ? rotation.every : 1 }),
    participants: layer.users.map((id) => ({ type: 'user', id, username: usernameOf(personOf, id) })),
  };
};

export const scheduleHead = ({ id, name }: StoredSchedule) => ({ id, name, enabled: true });

export const opsgenieSchedule = (schedule: StoredSchedule, personOf: PersonOf | undefined) => ({
  ...scheduleHead(schedule),
  description: schedule.description,
  timezone: schedule.timeZone,
  rotations: personOf ? schedule.layers.map((_, at) => rotationOf(schedule, at, personOf)) : [],
});

/** The users on call by a schedule: their names where the answer is flat, else one participant each. */
export const onCallAnswer = (
  schedule: StoredSchedule,
  users: readonly string[],
  { flat, personOf }: { readonly flat: boolean; readonly personOf: PersonOf },
) => ({
  _parent: scheduleHead(schedule),
  ...(flat
    ? { onCallRecipients: users.map((id) => usernameOf(personOf, id)) }
    : { onCallParticipants: participants(users, personOf) }),
});

/** The same for those who come next. */
export const nextOnCallAnswer = (
  schedule: StoredSchedule,
  users: readonly string[],
  { flat, personOf }: { readonly flat: boolean; readonly personOf: PersonOf },
) => {
  const names = users.map((id) => usernameOf(personOf, id));
  const persons = participants(users, personOf);
  return {
    _parent: scheduleHead(schedule),
    ...(flat
      ? { nextOnCallRecipients: names, exactNextOnCallRecipients: names }
      : { nextOnCallParticipants: persons, exactNextOnCallParticipants: persons }),
  };
};

const participants = (users: readonly string[], personOf: PersonOf) =>
  users.map((id) => ({ id, name: usernameOf(personOf, id), type: 'user' }));

export const opsgenieUser = ({ id, username, displayName, status }: Person) => ({
  id,
  username,
  fullName: displayName,
  role: { id: 'User', name: 'User' },
  blocked: status !== 'active',
  verified: true,
});

export const opsgenieTeam = ({ id, name, description, members }: StoredTeam, personOf: PersonOf | undefined) => ({
  id,
  name,
  description,
  ...(personOf && {
    members: members.map(({ userId, role }) => ({
      user: { id: userId, username: usernameOf(personOf, userId) },
      role: role === 'lead' ? 'admin' : 'user',
    })),
  }),
});

/** The users that a team or a schedule names, whose names an answer needs. */
export const usersOfTeam = ({ members }: StoredTeam): string[] => members.map(({ userId }) => userId);
export const usersOfSchedule = ({ layers }: StoredSchedule): string[] => layers.flatMap(({ users }) => users);
export const usersOfPolicy = ({ steps }: StoredPolicy): string[] =>
  steps.flatMap(({ targets }) => targets.flatMap(({ type, id }) => (type === 'user' ? [id] : [])));

const recipientOf = ({ type, id }: Target, personOf: PersonOf) =>
  type === 'user' ? { type, id, username: usernameOf(personOf, id) } : { type: type === 'contact' ? 'none' : type, id };

/** A policy as an escalation: one rule for each target, due when the steps before it have waited. */
export const opsgenieEscalation = ({ id, name, steps, repeat }: StoredPolicy, personOf: PersonOf) => {
  let minutes = 0;
  const rules = steps.flatMap(({ targets, escalateAfterMinutes }) => {
    const delay = { timeAmount: minutes, timeUnit: 'minutes' };
    minutes += escalateAfterMinutes;
    return targets.map((target) => ({
      condition: 'if-not-acked',
      notifyType: 'default',
      delay,
      recipient: recipientOf(target, personOf),
    }));
  });
  return { id, name, description: '', rules, repeat: { waitInterval: 0, count: repeat, resetRecipientStates: false } };
};
