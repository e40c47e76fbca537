import { isList, type Fields } from '../configuration/value.ts';
import { listIn, listOf, number, optional, text, within, type Export } from './export-file.ts';
import type {
  Finding,
  OldOverride,
  OldPolicy,
  OldSchedule,
  OldSystem,
  OldTarget,
  OldTurns,
  OldWindow,
} from './old-system.ts';
import { instantAt, later, wallAt } from './walls.ts';
import type { Zones } from './zones.ts';

/*
 * The public API of Grafana OnCall: https://grafana.com/docs/oncall/latest/oncall-api-reference. The people on call are those of the highest
 * level that has a shift. An override replaces all of them.
 */

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const UNITS = { hourly: 'hours', daily: 'days', weekly: 'weeks', monthly: 'months' } as const;
const PERIODS = { hours: 3_600, days: 86_400, weeks: 604_800, months: 2_419_200 } as const;
const TYPES: Readonly<Record<string, string>> = {
  alertmanager: 'alertmanager',
  grafana_alerting: 'grafana',
  grafana: 'grafana',
  webhook: 'webhook',
  formatted_webhook: 'webhook',
  datadog: 'datadog',
  sentry: 'sentry',
  zabbix: 'zabbix',
  jira: 'jira',
};

export const oncall = (from: Export, zones: Zones): OldSystem => {
  const findings: Finding[] = [];
  const users = listIn(from['users']);
  const shifts = new Map(listIn(from['on_call_shifts']).map((shift) => [text(shift['id']), shift]));
  const byName = new Map(users.map((user) => [text(user['username']), text(user['id'])]));
  const policies = listIn(from['escalation_policies']);
  const integrations = listIn(from['integrations']);
  return {
    users: users.map((user) => ({
      id: text(user['id']),
      name: text(user['name']) || text(user['username']) || 'unnamed',
      email: optional(user['email']),
      role: user['role'] === 'admin' ? 'administrator' : user['role'] === 'viewer' ? 'reader' : 'user',
    })),
    teams: listIn(from['teams']).map((team) => ({
      id: text(team['id']),
      name: text(team['name']),
      description: '',
      members: users
        .filter(({ teams }) => isList(teams) && teams.includes(text(team['id'])))
        .map((user) => ({ userId: text(user['id']), isLead: false })),
    })),
    schedules: listIn(from['schedules']).map((schedule) => {
      const final = listOf(from['final_shifts'], text(schedule['id']));
      return scheduleOf(schedule, shifts, final, byName, zones, findings);
    }),
    policies: listIn(from['escalation_chains']).map((chain) =>
      policyOf(
        chain,
        policies.filter((step) => step['escalation_chain_id'] === chain['id']),
        findings,
      ),
    ),
    services: [],
    rules: integrations.flatMap((integration) => {
      const name = text(integration['name']);
      const routes = listIn(from['routes']).filter((route) => route['integration_id'] === integration['id']);
      const last = routes.find((route) => route['is_the_last_route'] === true);
      for (const route of routes.filter((each) => each !== last)) {
        findings.push({
          kind: 'routing rule',
          name: `${name}: ${text(route['routing_regex'])}`,
          verdict: 'lost',
          reason: 'a regular expression or template over the raw message has no counterpart: use labels',
        });
      }
      const policyId =
        optional(last?.['escalation_chain_id']) ??
        optional(within(integration['default_route'])['escalation_chain_id']);
      if (policyId === undefined) return [];
      return [
        {
          name: `${name}: default route`,
          conditions: [],
          hours: undefined,
          policyId,
          integrationId: text(integration['id']),
        },
      ];
    }),
    integrations: integrations.map((integration) => ({
      id: text(integration['id']),
      name: text(integration['name']),
      vendorType: text(integration['type']),
      type: TYPES[text(integration['type'])],
      serviceId: undefined,
      teamId: optional(integration['team_id']),
      isEnabled: true,
    })),
    heartbeats: [],
    maintenance: [],
    findings,
  };
};

const idsOf = (value: Fields[string]): string[] =>
  isList(value) ? value.map((each) => text(each)).filter(Boolean) : [];

const windowsOf = (
  shift: Fields,
  start: string,
  unit: OldTurns['unit'],
  every: number,
  say: (reason: string) => void,
): OldWindow[] => {
  const from = start.slice(11, 16);
  const seconds = number(shift['duration'], 0);
  const days = idsOf(shift['by_day']).map((day) => DAYS.indexOf(day.slice(0, 2).toUpperCase()) + 1);
  const { time: to, days: over } = later(from, seconds);
  if (days.length > 0) {
    if (unit !== 'weeks')
      say('turns by the day on some days of the week: each person has one calendar day here, also those without hours');
    if (seconds > 86_400) say('its hours are longer than a day, and are cut to a day');
    return [{ type: 'daily', days: [...days].sort(), from, to: seconds >= 86_400 ? from : to }];
  }
  if (seconds >= PERIODS[unit] * every) return [];
  if (unit === 'days' && every === 1) return [{ type: 'daily', days: [1, 2, 3, 4, 5, 6, 7], from, to }];
  if (unit === 'weeks' && every === 1) {
    const fromDay = new Date(`${start.slice(0, 10)}T00:00Z`).getUTCDay() || 7;
    return seconds < 86_400
      ? [{ type: 'daily', days: [fromDay], from, to }]
      : [{ type: 'weekly', fromDay, from, toDay: ((fromDay - 1 + over) % 7) + 1, to }];
  }
  say('its hours are shorter than its turns of several days, weeks or months: here the whole turn counts');
  return [];
};

const scheduleOf = (
  schedule: Fields,
  shifts: ReadonlyMap<string, Fields>,
  final: readonly Fields[],
  byName: ReadonlyMap<string, string>,
  zones: Zones,
  findings: Finding[],
): OldSchedule => {
  const name = text(schedule['name']);
  const own = idsOf(schedule['shifts'])
    .map((id) => shifts.get(id))
    .filter((shift) => shift !== undefined);
  const given = text(schedule['time_zone']) || 'UTC';
  const shiftZones = new Set(own.map((shift) => text(shift['time_zone']) || given));
  const timeZone = shiftZones.size === 1 ? ([...shiftZones][0] ?? given) : given;
  if (schedule['type'] === 'ical')
    findings.push({
      kind: 'schedule',
      name,
      verdict: 'lost',
      reason: 'it reads a calendar of another program: set its turns again',
    });
  const levels = new Map<number, OldTurns[]>();
  const overrides: OldOverride[] = [];
  for (const shift of own) {
    const title = text(shift['name']) || text(shift['type']);
    const say = (reason: string): void => {
      findings.push({ kind: 'rotation', name: `${name}, ${title}`, verdict: 'changes', reason });
    };
    const zone = text(shift['time_zone']) || given;
    if (zone !== timeZone) say(`is by the clocks of ${zone}, and here by those of ${timeZone}`);
    // A time without an offset is on the clocks of the shift.
    const start = wallAt(text(shift['rotation_start']) || text(shift['start']), zone, zones);
    const rolling = isList(shift['rolling_users']) ? shift['rolling_users'].map((slot) => idsOf(slot)) : [];
    const first = number(shift['start_rotation_from_user_index'], 0);
    const slots = rolling.length > 0 ? [...rolling.slice(first), ...rolling.slice(0, first)] : [idsOf(shift['users'])];
    if (shift['type'] === 'override' || shift['type'] === 'single_event') {
      const begins = instantAt(text(shift['start']), zone, zones);
      const ends = begins + number(shift['duration'], 0) * 1000;
      for (const [i, userId] of (slots[0] ?? []).entries()) {
        overrides.push({
          kind: shift['type'] === 'override' && i === 0 ? 'replace' : 'add',
          userId,
          insteadOf: undefined,
          from: new Date(begins).toISOString(),
          to: new Date(ends).toISOString(),
        });
      }
      continue;
    }
    const unit = UNITS[text(shift['frequency']) as keyof typeof UNITS] ?? 'weeks';
    const every = number(shift['interval'], 1) || 1;
    if (idsOf(shift['by_monthday']).length + idsOf(shift['by_month']).length > 0)
      say('days of the month and months are not taken over');
    const level = number(shift['level'], 0);
    const until = optional(shift['until']);
    levels.set(level, [
      ...(levels.get(level) ?? []),
      {
        name: title,
        slots,
        unit,
        every,
        start,
        notBefore: undefined,
        end: until === undefined ? undefined : wallAt(until, timeZone, zones),
        windows: windowsOf(shift, start, unit, every, say),
      },
    ]);
  }
  return {
    id: text(schedule['id']),
    name,
    description: '',
    timeZone,
    levels: [...levels].sort(([one], [other]) => one - other).map(([, turns]) => turns),
    overrides,
    ...(final.length > 0 && {
      told: final.map((each) => ({
        from: Date.parse(text(each['shift_start'])),
        to: Date.parse(text(each['shift_end'])),
        userId: text(each['user_pk']) || (byName.get(text(each['user_username'])) ?? ''),
      })),
    }),
  };
};

/** Repeats of a chain, which OnCall repeats five times. */
const REPEATS = 5;

const policyOf = (chain: Fields, unsorted: readonly Fields[], findings: Finding[]): OldPolicy => {
  const name = text(chain['name']);
  const steps: { targets: OldTarget[]; inTurn: boolean; minutes: number | undefined }[] = [];
  let [isOpen, repeat] = [false, 0];
  const add = (targets: OldTarget[], inTurn = false): void => {
    const last = steps.at(-1);
    if (isOpen && last && !inTurn && !last.inTurn) last.targets.push(...targets);
    else steps.push({ targets, inTurn, minutes: isOpen ? 1 : undefined });
    isOpen = true;
  };
  for (const step of [...unsorted].sort((one, other) => number(one['position'], 0) - number(other['position'], 0))) {
    const type = text(step['type']);
    const users = idsOf(step['persons_to_notify']).map((id): OldTarget => ({ type: 'user', id }));
    const next = idsOf(step['persons_to_notify_next_each_time']).map((id): OldTarget => ({ type: 'user', id }));
    if (type === 'wait') {
      const last = steps.at(-1);
      const minutes = Math.max(1, Math.round(number(step['duration'], 300) / 60));
      if (last) last.minutes = (isOpen ? 0 : (last.minutes ?? 0)) + minutes;
      else
        findings.push({
          kind: 'policy',
          name,
          verdict: 'changes',
          reason: `it waited ${minutes} minutes first, and begins at once here`,
        });
      isOpen = false;
    } else if (type === 'notify_persons') add(users);
    else if (type === 'notify_person_next_each_time') add(next.length > 0 ? next : users, true);
    else if (type === 'notify_on_call_from_schedule')
      add([{ type: 'schedule', id: text(step['notify_on_call_from_schedule']) }]);
    else if (type === 'notify_team_members') add([{ type: 'team', id: text(step['notify_to_team_members']) }]);
    else if (type === 'repeat_escalation') repeat = REPEATS;
    else findings.push({ kind: 'policy', name, verdict: 'changes', reason: `its step ${type} has no counterpart` });
    if (step['important'] === true)
      findings.push({
        kind: 'policy',
        name,
        verdict: 'changes',
        reason: 'important notifications: urgency comes from routing and severity here',
      });
  }
  return { id: text(chain['id']), name, steps, repeat };
};
