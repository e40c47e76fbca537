import { Temporal } from 'temporal-polyfill';
import { isList, type Fields } from '../configuration/value.ts';
import { listIn, number, optional, text, within, type Export } from './export-file.ts';
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
import { wallAt } from './walls.ts';
import type { Zones } from './zones.ts';

/*
 * GoAlert's GraphQL API: https://github.com/target/goalert, `graphql2/schema.graphql`. A schedule has on call the target of each rule
 * that holds. A rotation says whose turn it is now, and hands off by the clocks of its zone.
 */

const UNITS = { hourly: 'hours', daily: 'days', weekly: 'weeks', monthly: 'months' } as const;
const TYPES: Readonly<Record<string, string>> = {
  prometheusAlertmanager: 'alertmanager',
  grafana: 'grafana',
  generic: 'webhook',
  universal: 'webhook',
};

export const goalert = (from: Export, zones: Zones): OldSystem => {
  const findings: Finding[] = [];
  const rotations = new Map(listIn(from['rotations']).map((rotation) => [text(rotation['id']), rotation]));
  const services = listIn(from['services']);
  const policies = listIn(from['escalationPolicies']).map((policy) => policyOf(policy, findings));
  const paged = new Set(policies.flatMap(({ steps }) => steps.flatMap(({ targets }) => targets.map(({ id }) => id))));
  return {
    users: listIn(from['users']).map((user) => ({
      id: text(user['id']),
      name: text(user['name']) || 'unnamed',
      email: optional(user['email']),
      role: user['role'] === 'admin' ? 'administrator' : 'user',
    })),
    teams: [],
    schedules: [
      ...listIn(from['schedules']).map((schedule) =>
        scheduleOf(schedule, rotations, listIn(from['userOverrides']), zones, findings),
      ),
      // A policy may page a rotation itself, which is a schedule of its own here.
      ...[...rotations.values()]
        .filter(({ id }) => paged.has(`rotation ${text(id)}`))
        .map((rotation): OldSchedule => ({
          id: `rotation ${text(rotation['id'])}`,
          name: text(rotation['name']),
          description: text(rotation['description']),
          timeZone: text(rotation['timeZone']) || 'UTC',
          levels: [[turnsOf(rotation, text(rotation['timeZone']) || 'UTC', zones, [])]],
          overrides: [],
        })),
    ],
    policies,
    services: services.map((service) => ({
      id: text(service['id']),
      name: text(service['name']),
      description: text(service['description']),
      teamId: undefined,
      policyId: optional(within(service['escalationPolicy'])['id']) ?? optional(service['escalationPolicyID']),
    })),
    rules: [],
    integrations: services.flatMap((service) =>
      listIn(service['integrationKeys']).map((key) => ({
        id: text(key['id']),
        name: `${text(service['name'])}: ${text(key['name'])}`,
        vendorType: text(key['type']),
        type: TYPES[text(key['type'])],
        serviceId: text(service['id']),
        teamId: undefined,
        isEnabled: true,
      })),
    ),
    heartbeats: services.flatMap((service) =>
      listIn(service['heartbeatMonitors']).map((monitor) => ({
        name: `${text(service['name'])}: ${text(monitor['name'])}`,
        seconds: number(monitor['timeoutMinutes'], 15) * 60,
        isEnabled: true,
        severity: 'critical' as const,
        teamId: undefined,
      })),
    ),
    maintenance: services.flatMap((service) => {
      const to = optional(service['maintenanceExpiresAt']);
      if (to === undefined) return [];
      return [
        {
          name: `Maintenance of ${text(service['name'])}`,
          from: '2020-01-01T00:00:00Z',
          to,
          serviceIds: [text(service['id'])],
          integrationIds: [],
        },
      ];
    }),
    findings,
  };
};

/** The turns of a rotation, from the one that has its turn now. */
const turnsOf = (rotation: Fields, timeZone: string, zones: Zones, windows: readonly OldWindow[]): OldTurns => {
  const unit = UNITS[text(rotation['type']) as keyof typeof UNITS] ?? 'weeks';
  const every = number(rotation['shiftLength'], 1) || 1;
  const users = (isList(rotation['userIDs']) ? rotation['userIDs'] : []).map((id) => [text(id)]);
  const active = number(rotation['activeUserIndex'], 0);
  const next = isList(rotation['nextHandoffTimes']) ? text(rotation['nextHandoffTimes'][0]) : '';
  const isKnown = next !== '' && active >= 0 && active < users.length;
  const start = isKnown
    ? Temporal.PlainDateTime.from(wallAt(next, timeZone, zones))
        .subtract({ [unit]: every })
        .toString({ smallestUnit: 'second' })
    : wallAt(text(rotation['start']), timeZone, zones);
  return {
    name: text(rotation['name']) || 'Rotation',
    slots: isKnown ? [...users.slice(active), ...users.slice(0, active)] : users,
    unit,
    every,
    start,
    notBefore: undefined,
    end: undefined,
    windows,
  };
};

/** The hours of a rule; undefined where it always holds. Weekdays begin with Sunday. */
const windowOf = (rule: Fields): OldWindow | undefined => {
  const filter = isList(rule['weekdayFilter']) ? rule['weekdayFilter'] : [];
  const days = [1, 2, 3, 4, 5, 6, 7].filter((day) => filter.length === 0 || filter[day % 7] === true);
  const [from, to] = [text(rule['start']).slice(0, 5) || '00:00', text(rule['end']).slice(0, 5) || '00:00'];
  if (from === to)
    return days.length === 7 ? undefined : { type: 'daily', days, from, to: from === '00:00' ? '24:00' : from };
  return { type: 'daily', days, from, to };
};

const scheduleOf = (
  schedule: Fields,
  rotations: ReadonlyMap<string, Fields>,
  overrides: readonly Fields[],
  zones: Zones,
  findings: Finding[],
): OldSchedule => {
  const name = text(schedule['name']);
  const timeZone = text(schedule['timeZone']) || 'UTC';
  const turns = listIn(schedule['targets']).flatMap((each): OldTurns[] => {
    const target = within(each['target']);
    const all = listIn(each['rules']).map(windowOf);
    const windows = all.includes(undefined) ? [] : all.filter((window) => window !== undefined);
    if (target['type'] === 'user') {
      const fixed = {
        unit: 'weeks',
        every: 1,
        start: '2020-01-06T00:00:00',
        notBefore: undefined,
        end: undefined,
      } as const;
      return [{ name: text(target['name']) || 'Person', slots: [[text(target['id'])]], ...fixed, windows }];
    }
    const rotation = rotations.get(text(target['id']));
    if (!rotation) {
      findings.push({
        kind: 'rotation',
        name: `${name}, ${text(target['name'])}`,
        verdict: 'lost',
        reason: 'the export has no such rotation',
      });
      return [];
    }
    if (text(rotation['timeZone']) !== timeZone) {
      findings.push({
        kind: 'rotation',
        name: `${name}, ${text(rotation['name'])}`,
        verdict: 'changes',
        reason: `is by the clocks of ${text(rotation['timeZone'])}, and here by those of ${timeZone}`,
      });
    }
    return [turnsOf(rotation, timeZone, zones, windows)];
  });
  const temporary = listIn(schedule['temporarySchedules']).flatMap((each) => listIn(each['shifts']));
  if (temporary.length > 0) {
    findings.push({
      kind: 'override',
      name,
      verdict: 'changes',
      reason: `${temporary.length} shifts of temporary schedules become overrides: between them the rotations go on`,
    });
  }
  return {
    id: text(schedule['id']),
    name,
    description: text(schedule['description']),
    timeZone,
    levels: [turns],
    overrides: [
      ...temporary.map((shift) => ({
        kind: 'replace' as const,
        userId: text(shift['userID']),
        insteadOf: undefined,
        from: text(shift['start']),
        to: text(shift['end']),
      })),
      ...overridesOf(schedule, overrides),
    ],
  };
};

/** Who is added, removed or replaced. */
const overridesOf = (schedule: Fields, overrides: readonly Fields[]): OldOverride[] =>
  overrides
    .filter((override) => within(override['target'])['id'] === schedule['id'])
    .map((override) => {
      const [added, removed] = [optional(override['addUserID']), optional(override['removeUserID'])];
      return {
        kind: added === undefined ? 'remove' : removed === undefined ? 'add' : 'replace',
        userId: added ?? removed ?? '',
        insteadOf: added === undefined ? undefined : removed,
        from: text(override['start']),
        to: text(override['end']),
      };
    });

const policyOf = (policy: Fields, findings: Finding[]): OldPolicy => {
  const name = text(policy['name']);
  return {
    id: text(policy['id']),
    name,
    steps: listIn(policy['steps']).map((step) => ({
      targets: listIn(step['targets']).flatMap((target): OldTarget[] => {
        const [type, id] = [text(target['type']), text(target['id'])];
        if (type === 'user' || type === 'schedule') return [{ type, id }];
        if (type === 'rotation') return [{ type: 'schedule', id: `rotation ${id}` }];
        findings.push({
          kind: 'policy',
          name,
          verdict: 'changes',
          reason: `${type} ${text(target['name'])} is left out: add a shared contact`,
        });
        return [];
      }),
      inTurn: false,
      minutes: number(step['delayMinutes'], 15),
    })),
    repeat: number(policy['repeat'], 0),
  };
};
