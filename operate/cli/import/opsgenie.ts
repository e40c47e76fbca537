import type { Fields } from '../configuration/value.ts';
import { isFields, isList } from '../configuration/value.ts';
import { listIn, listOf, number, optional, text, within, type Export } from './export-file.ts';
import type {
  Finding,
  OldPolicy,
  OldRule,
  OldSchedule,
  OldSystem,
  OldTarget,
  OldTurns,
  OldWindow,
} from './old-system.ts';
import { timeOf, wallAt } from './walls.ts';
import type { Zones } from './zones.ts';

/*
 * Opsgenie's REST API: https://docs.opsgenie.com/docs/api-overview. On call by a schedule are the participants of all of its rotations
 * at once; an override is instead of the participants of the rotations that it names, or of all.
 */

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const UNITS = { hourly: 'hours', daily: 'days', weekly: 'weeks' } as const;
const SEVERITIES = { P1: 'critical', P2: 'error', P3: 'warning', P4: 'info', P5: 'info' } as const;
const severityOf = (priority: string) => SEVERITIES[priority as keyof typeof SEVERITIES];
const SECONDS: Readonly<Record<string, number>> = { minutes: 60, hours: 3_600, days: 86_400 };

export const opsgenie = (from: Export, zones: Zones): OldSystem => {
  const findings: Finding[] = [];
  const teams = listIn(from['teams']);
  const policies = listIn(from['escalations']).map((each) => policyOf(each, findings));
  const routed = teams.flatMap((team) => rulesOf(team, listOf(from['routingRules'], text(team['id'])), findings));
  const ids = new Map(listIn(from['users']).map((user) => [text(user['username']).toLowerCase(), text(user['id'])]));
  const userId = (user: Fields): string => optional(user['id']) ?? ids.get(text(user['username']).toLowerCase()) ?? '';
  return {
    users: listIn(from['users']).map((user) => {
      const username = text(user['username']);
      const role = text(within(user['role'])['name']).toLowerCase();
      return {
        id: text(user['id']),
        name: text(user['fullName']) || username || 'unnamed',
        email: username.includes('@') ? username : undefined,
        role: /^(?:owner|admin)$/.test(role) ? 'administrator' : /observer|stakeholder/.test(role) ? 'reader' : 'user',
      };
    }),
    teams: teams.map((team) => ({
      id: text(team['id']),
      name: text(team['name']),
      description: text(team['description']),
      members: listIn(team['members']).map((member) => ({
        userId: userId(within(member['user'])),
        isLead: member['role'] === 'admin',
      })),
    })),
    schedules: listIn(from['schedules']).map((each) =>
      scheduleOf(each, listOf(from['overrides'], text(each['id'])), userId, zones, findings),
    ),
    policies: [...policies, ...routed.flatMap(({ policy }) => policy ?? [])],
    services: listIn(from['services']).map((service) => ({
      id: text(service['id']),
      name: text(service['name']),
      description: text(service['description']),
      teamId: optional(service['teamId']),
      policyId: undefined,
    })),
    rules: routed.flatMap(({ rules }) => rules),
    integrations: listIn(from['integrations']).map((integration) => ({
      id: text(integration['id']),
      name: text(integration['name']),
      vendorType: text(integration['type']),
      type:
        INTEGRATIONS[text(integration['type'])] ??
        (/email|jira|slack|teams|webhook|outgoing/i.test(text(integration['type'])) ? undefined : 'opsgenie'),
      serviceId: undefined,
      teamId: optional(integration['teamId']) ?? optional(within(integration['ownerTeam'])['id']),
      isEnabled: integration['enabled'] !== false,
    })),
    heartbeats: listIn(from['heartbeats'], 'heartbeats').map((heartbeat) => ({
      name: text(heartbeat['name']),
      seconds: number(heartbeat['interval'], 10) * (SECONDS[text(heartbeat['intervalUnit'])] ?? 60),
      isEnabled: heartbeat['enabled'] !== false,
      severity: severityOf(text(heartbeat['alertPriority'])) ?? 'warning',
      teamId: optional(within(heartbeat['ownerTeam'])['id']),
    })),
    maintenance: listIn(from['maintenance']).map((window) => {
      const time = within(window['time']);
      const entities = listIn(window['rules']).map((rule) => within(rule['entity']));
      const idsOf = (type: string): string[] =>
        entities.filter((each) => each['type'] === type).map(({ id }) => text(id));
      return {
        name: text(window['description']) || text(window['id']),
        from: text(time['startDate']),
        to: text(time['endDate']),
        serviceIds: [],
        integrationIds: idsOf('integration'),
      };
    }),
    findings,
  };
};

const INTEGRATIONS: Readonly<Record<string, string>> = {
  API: 'opsgenie',
  Prometheus: 'opsgenie',
  PrometheusV2: 'opsgenie',
};

const windowsOf = (value: Fields | undefined): OldWindow[] => {
  if (!value) return [];
  const restrictions = isList(value['restrictions'])
    ? value['restrictions'].filter(isFields)
    : [within(value['restriction'])];
  return restrictions.map((each): OldWindow => {
    const from = timeOf(number(each['startHour'], 0), number(each['startMin'], 0));
    const to = timeOf(number(each['endHour'], 0), number(each['endMin'], 0));
    const [fromDay, toDay] = [each['startDay'], each['endDay']].map(
      (day) => WEEKDAYS.indexOf(text(day).toLowerCase()) + 1,
    );
    if (!fromDay || !toDay) return { type: 'daily', days: [1, 2, 3, 4, 5, 6, 7], from, to };
    return fromDay === toDay && from < to
      ? { type: 'daily', days: [fromDay], from, to }
      : { type: 'weekly', fromDay, from, toDay, to };
  });
};

const scheduleOf = (
  schedule: Fields,
  overrides: readonly Fields[],
  userId: (user: Fields) => string,
  zones: Zones,
  findings: Finding[],
): OldSchedule => {
  const name = text(schedule['name']);
  const timeZone = text(schedule['timezone']) || 'UTC';
  if (schedule['enabled'] === false)
    findings.push({
      kind: 'schedule',
      name,
      verdict: 'changes',
      reason: 'was disabled, and pages here where a policy names it',
    });
  const rotations = listIn(schedule['rotations']);
  const turns = rotations.map((rotation): OldTurns => {
    const title = text(rotation['name']) || 'Rotation';
    const participants = listIn(rotation['participants']);
    const others = participants.filter(({ type }) => type !== 'user' && type !== 'none');
    if (others.length > 0) {
      findings.push({
        kind: 'rotation',
        name: `${name}, ${title}`,
        verdict: 'changes',
        reason: 'a turn of a team or an escalation is a turn of nobody: put people in its place',
      });
    }
    const end = optional(rotation['endDate']);
    return {
      name: title,
      slots: participants.map((each) => (each['type'] === 'user' ? [userId(each)] : [])),
      unit: UNITS[text(rotation['type']) as keyof typeof UNITS] ?? 'weeks',
      every: number(rotation['length'], 1),
      start: wallAt(text(rotation['startDate']), timeZone, zones),
      notBefore: undefined,
      end: end === undefined ? undefined : wallAt(end, timeZone, zones),
      windows: windowsOf(isFields(rotation['timeRestriction']) ? rotation['timeRestriction'] : undefined),
    };
  });
  const known = overrides.filter((override) => {
    const user = within(override['user']);
    const partial = listIn(override['rotations']);
    if (partial.length > 0 && partial.length < rotations.length) {
      findings.push({
        kind: 'override',
        name,
        verdict: 'changes',
        reason: `${text(override['alias'])} was of some rotations only, and is instead of everybody here`,
      });
    }
    if (user['type'] === undefined || user['type'] === 'user') return true;
    findings.push({
      kind: 'override',
      name,
      verdict: 'lost',
      reason: `${text(override['alias'])} is of a ${text(user['type'])}, and not of a person`,
    });
    return false;
  });
  return {
    id: text(schedule['id']),
    name,
    description: text(schedule['description']),
    timeZone,
    levels: [turns],
    overrides: known.map((override) => ({
      kind: 'replace',
      userId: userId(within(override['user'])),
      insteadOf: undefined,
      from: text(override['startDate']),
      to: text(override['endDate']),
    })),
  };
};

const minutesIn = (delay: Fields): number => {
  const unit = text(delay['timeUnit']);
  return number(delay['timeAmount'], 0) * ((SECONDS[unit] ?? 60) / 60);
};

const policyOf = (escalation: Fields, findings: Finding[]): OldPolicy => {
  const name = text(escalation['name']);
  const say = (reason: string): void => {
    findings.push({ kind: 'policy', name, verdict: 'changes', reason });
  };
  const rules = listIn(escalation['rules'])
    .map((rule) => ({ rule, after: minutesIn(within(rule['delay'])), recipient: within(rule['recipient']) }))
    .sort((one, other) => one.after - other.after);
  if ((rules[0]?.after ?? 0) > 0) say(`its first step waited ${rules[0]?.after} minutes, and is reached at once here`);
  if (rules.some(({ rule }) => rule['condition'] === 'if-not-closed'))
    say('steps for alerts that are not closed: an acknowledgement ends paging here');
  if (rules.some(({ rule }) => !['default', undefined].includes(rule['notifyType'] as string | undefined))) {
    say('a step notified others than those on call now (next, previous, admins, all), and pages those on call here');
  }
  const repeat = within(escalation['repeat']);
  const waits = number(repeat['waitInterval'], 0);
  const delays = [...new Set(rules.map(({ after }) => after))];
  if (repeat['closeAlertAfterAll'] === true) say('it closed the alert after all repeats: here the alert stays open');
  return {
    id: text(escalation['id']),
    name,
    steps: delays.map((after, i) => ({
      targets: rules
        .filter((each) => each.after === after)
        .map(({ recipient }): OldTarget => ({
          type: text(recipient['type']) as OldTarget['type'],
          id: text(recipient['id']),
        })),
      inTurn: false,
      minutes: i < delays.length - 1 ? (delays[i + 1] ?? 0) - after : waits > 0 ? waits : undefined,
    })),
    repeat: waits > 0 ? number(repeat['count'], 0) : 0,
  };
};

const FIELDS: Readonly<Record<string, string>> = {
  message: 'title',
  description: 'description',
  source: 'source',
  alias: 'dedupKey',
  entity: 'labels.entity',
  priority: 'severity',
};

type Conditions = OldRule['conditions'];

/** A condition of Opsgenie in the words of routing; undefined where there are none. */
const conditionOf = (condition: Fields): Conditions[number] | undefined => {
  const key = text(condition['key']);
  const field =
    condition['field'] === 'extra-properties' && /^[A-Za-z_]\w*$/.test(key)
      ? `labels.${key}`
      : FIELDS[text(condition['field'])];
  const expected = text(condition['expectedValue']);
  const not = condition['not'] === true;
  if (field === undefined) return undefined;
  if (condition['operation'] === 'is-empty') return { field, test: 'exists', values: [], not: !not };
  if (field === 'severity') {
    const severity = severityOf(expected);
    return condition['operation'] === 'equals' && severity ? { field, test: 'is', values: [severity], not } : undefined;
  }
  const likes: Readonly<Record<string, string>> = {
    contains: `*${expected}*`,
    'starts-with': `${expected}*`,
    'ends-with': `*${expected}`,
  };
  if (condition['operation'] === 'equals') return { field, test: 'is', values: [expected], not };
  const like = likes[text(condition['operation'])];
  return like === undefined ? undefined : { field, test: 'like', values: [like], not };
};

const rulesOf = (
  team: Fields,
  rules: readonly Fields[],
  findings: Finding[],
): { readonly rules: OldRule[]; readonly policy?: OldPolicy }[] => {
  const ofTeam = { field: 'team', test: 'is', values: [text(team['name'])], not: false } as const;
  const sorted = [...rules].sort(
    (one, other) =>
      Number(one['isDefault'] === true) - Number(other['isDefault'] === true) ||
      number(one['order'], 0) - number(other['order'], 0),
  );
  return sorted.map((rule) => {
    const name = `${text(team['name'])}: ${text(rule['name']) || (rule['isDefault'] === true ? 'default' : text(rule['id']))}`;
    const notify = within(rule['notify']);
    const id = text(notify['id']);
    const criteria = within(rule['criteria']);
    const conditions = listIn(criteria['conditions']).map(conditionOf);
    const lose = (reason: string): { rules: OldRule[] } => {
      findings.push({ kind: 'routing rule', name, verdict: 'lost', reason });
      return { rules: [] };
    };
    if (conditions.some((condition) => condition === undefined))
      return lose('one of its conditions (tags, actions, regular expressions, numbers) has no counterpart');
    const held = conditions.filter((condition) => condition !== undefined);
    const windows = windowsOf(isFields(rule['timeRestriction']) ? rule['timeRestriction'] : undefined);
    const timeZone = text(rule['timezone']) || 'UTC';
    const hours = windows.length > 0 ? { timeZone, windows } : undefined;
    const policy: OldPolicy | undefined =
      notify['type'] === 'schedule'
        ? {
            id: `routing ${text(rule['id'])}`,
            name: `${name}, its schedule`,
            steps: [{ targets: [{ type: 'schedule', id }], inTurn: false, minutes: undefined }],
            repeat: 0,
          }
        : undefined;
    const policyId = notify['type'] === 'none' ? undefined : (policy?.id ?? id);
    // One of several conditions is enough: a rule each.
    const isAny = criteria['type'] === 'match-any-condition' && held.length > 1;
    const made = (isAny ? held.map((condition) => [condition]) : [held]).map((each, i): OldRule => ({
      name: isAny ? `${name} (${i + 1})` : name,
      conditions: [ofTeam, ...each],
      hours,
      policyId,
    }));
    return { rules: made, ...(policy && { policy }) };
  });
};
