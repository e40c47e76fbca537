import { isFields, type Fields } from '../configuration/value.ts';
import { listIn, listOf, number, optional, text, within, type Export } from './export-file.ts';
import type { Finding, OldRule, OldSchedule, OldSystem, OldTarget, OldTurns, OldWindow } from './old-system.ts';
import { later, wallAt } from './walls.ts';
import type { Zones } from './zones.ts';

/*
 * PagerDuty's REST API v2: https://developer.pagerduty.com/api-reference. A schedule has one person on call: the last layer that has
 * somebody, which the API lists first, and overrides before all layers.
 */

const DAY_SECONDS = 86_400;

export const pagerduty = (from: Export, zones: Zones): OldSystem => {
  const findings: Finding[] = [];
  const services = listIn(from['services'], 'services');
  return {
    users: listIn(from['users'], 'users').map((user) => ({
      id: text(user['id']),
      name: text(user['name']) || text(user['summary']) || 'unnamed',
      email: optional(user['email']),
      role: /^(?:admin|owner)$/.test(text(user['role']))
        ? 'administrator'
        : /observer|read_only|stakeholder/.test(text(user['role']))
          ? 'reader'
          : 'user',
    })),
    teams: listIn(from['teams'], 'teams').map((team) => ({
      id: text(team['id']),
      name: text(team['name']) || text(team['summary']),
      description: text(team['description']),
      members: listOf(from['members'], text(team['id']), 'members').map((member) => ({
        userId: text(within(member['user'])['id']),
        isLead: member['role'] === 'manager',
      })),
    })),
    schedules: listIn(from['schedules'], 'schedules').map((schedule) =>
      scheduleOf(schedule, listOf(from['overrides'], text(schedule['id']), 'overrides'), zones, findings),
    ),
    policies: listIn(from['escalation_policies'], 'escalation_policies').map((policy) => ({
      id: text(policy['id']),
      name: text(policy['name']) || text(policy['summary']),
      steps: listIn(policy['escalation_rules']).map((rule) => ({
        targets: listIn(rule['targets']).map((target): OldTarget => ({
          type: text(target['type']).startsWith('schedule') ? 'schedule' : 'user',
          id: text(target['id']),
        })),
        inTurn: within(rule['escalation_rule_assignment_strategy'])['type'] === 'round_robin',
        minutes: number(rule['escalation_delay_in_minutes'], 30),
      })),
      repeat: number(policy['num_loops'], 0),
    })),
    services: services.map((service) => {
      const name = text(service['name']) || text(service['summary']);
      const lost = (['acknowledgement_timeout', 'auto_resolve_timeout'] as const).filter(
        (field) => number(service[field], 0) > 0,
      );
      if (lost.length > 0)
        findings.push({
          kind: 'service',
          name,
          verdict: 'changes',
          reason: `${lost.join(' and ')} are not of a service here: policies have acknowledgementTimeoutMinutes`,
        });
      return {
        id: text(service['id']),
        name,
        description: text(service['description']),
        teamId: optional(listIn(service['teams'])[0]?.['id']),
        policyId: optional(within(service['escalation_policy'])['id']),
      };
    }),
    rules: listIn(from['rulesets'], 'rulesets').flatMap((ruleset) =>
      listOf(from['rules'], text(ruleset['id']), 'rules').flatMap((rule) =>
        rulesOf(rule, text(ruleset['name']), findings),
      ),
    ),
    integrations: services.flatMap((service) =>
      listIn(service['integrations']).map((integration) => {
        const type = text(integration['type']);
        const name = text(service['name']) || text(service['summary']);
        return {
          id: text(integration['id']),
          name: `${name}: ${text(integration['name']) || text(integration['summary']) || 'API'}`,
          vendorType: type,
          type: /events_api|event_transformer|generic_events/.test(type) ? 'pagerduty' : undefined,
          serviceId: text(service['id']),
          teamId: undefined,
          isEnabled: service['status'] !== 'disabled',
        };
      }),
    ),
    heartbeats: [],
    maintenance: listIn(from['maintenance_windows'], 'maintenance_windows').map((window) => ({
      name: text(window['description']) || text(window['summary']) || text(window['id']),
      from: text(window['start_time']),
      to: text(window['end_time']),
      serviceIds: listIn(window['services']).map(({ id }) => text(id)),
      integrationIds: [],
    })),
    findings,
  };
};

const windowOf = (restriction: Fields): OldWindow | undefined => {
  const from = text(restriction['start_time_of_day']).slice(0, 5) || '00:00';
  const seconds = number(restriction['duration_seconds'], DAY_SECONDS);
  const { time: to, days } = later(from, seconds);
  if (restriction['type'] !== 'weekly_restriction') {
    return seconds >= DAY_SECONDS ? undefined : { type: 'daily', days: [1, 2, 3, 4, 5, 6, 7], from, to };
  }
  const fromDay = number(restriction['start_day_of_week'], 1);
  if (seconds >= 7 * DAY_SECONDS) return undefined;
  if (seconds < DAY_SECONDS) return { type: 'daily', days: [fromDay], from, to };
  return { type: 'weekly', fromDay, from, toDay: ((fromDay - 1 + days) % 7) + 1, to };
};

/** A turn of so many seconds in the largest unit that it is a multiple of; undefined for a length that is not a whole number of hours. */
const unitOf = (seconds: number): Pick<OldTurns, 'unit' | 'every'> | undefined => {
  for (const [unit, length] of [
    ['weeks', 7 * DAY_SECONDS],
    ['days', DAY_SECONDS],
    ['hours', 3_600],
  ] as const) {
    if (seconds >= length && seconds % length === 0) return { unit, every: seconds / length };
  }
  return undefined;
};

const scheduleOf = (schedule: Fields, overrides: readonly Fields[], zones: Zones, findings: Finding[]): OldSchedule => {
  const name = text(schedule['name']) || text(schedule['summary']);
  const timeZone = text(schedule['time_zone']) || 'UTC';
  const layers = listIn(schedule['schedule_layers']).flatMap((layer): OldTurns[] => {
    const length = unitOf(number(layer['rotation_turn_length_seconds'], 7 * DAY_SECONDS));
    const title = text(layer['name']) || 'Layer';
    if (!length) {
      findings.push({
        kind: 'rotation',
        name: `${name}, ${title}`,
        verdict: 'lost',
        reason: 'its turns do not last a whole number of hours',
      });
      return [];
    }
    const start = text(layer['start']);
    const end = optional(layer['end']);
    const restrictions = listIn(layer['restrictions']).map(windowOf);
    return [
      {
        name: title,
        slots: listIn(layer['users']).map((user) => [text(within(user['user'])['id']) || text(user['id'])]),
        ...length,
        start: wallAt(text(layer['rotation_virtual_start']) || start, timeZone, zones),
        notBefore: start === '' ? undefined : wallAt(start, timeZone, zones),
        end: end === undefined ? undefined : wallAt(end, timeZone, zones),
        windows: restrictions.includes(undefined) ? [] : restrictions.filter((window) => window !== undefined),
      },
    ];
  });
  const entries = listIn(within(schedule['final_schedule'])['rendered_schedule_entries']);
  return {
    id: text(schedule['id']),
    name,
    description: text(schedule['description']),
    timeZone,
    levels: layers.reverse().map((layer) => [layer]),
    overrides: overrides.map((override) => ({
      kind: 'replace',
      userId: text(within(override['user'])['id']),
      insteadOf: undefined,
      from: text(override['start']),
      to: text(override['end']),
    })),
    ...(entries.length > 0 && {
      told: entries.map((entry) => ({
        from: Date.parse(text(entry['start'])),
        to: Date.parse(text(entry['end'])),
        userId: text(within(entry['user'])['id']),
      })),
    }),
  };
};

const PATHS: Readonly<Record<string, string>> = {
  summary: 'title',
  severity: 'severity',
  component: 'labels.component',
  class: 'labels.class',
  group: 'labels.group',
  dedup_key: 'dedupKey',
};

const fieldOf = (path: string): string | undefined => {
  const plain = path.replace(/^(?:event|payload)\./, '');
  const detail = /^(?:custom_)?details\.([A-Za-z_]\w*)$/.exec(plain)?.[1];
  return detail === undefined ? PATHS[plain] : `labels.${detail}`;
};

const conditionOf = (condition: Fields): OldRule['conditions'][number] | undefined => {
  const parameters = within(condition['parameters']);
  const field = fieldOf(text(parameters['path']));
  const value = text(parameters['value']);
  const operator = text(condition['operator']);
  if (field === undefined) return undefined;
  const not = operator.startsWith('n');
  switch (operator.replace(/^n/, '')) {
    case 'equals':
      return { field, test: 'is', values: [value], not };
    case 'contains':
      return { field, test: 'like', values: [`*${value}*`], not };
    case 'exists':
      return { field, test: 'exists', values: [], not };
    default:
      return undefined;
  }
};

const rulesOf = (rule: Fields, ruleset: string, findings: Finding[]): OldRule[] => {
  const name = `${ruleset}: ${text(rule['label']) || text(rule['id'])}`;
  const actions = within(rule['actions']);
  const lose = (reason: string): OldRule[] => {
    findings.push({ kind: 'routing rule', name, verdict: 'lost', reason });
    return [];
  };
  if (rule['disabled'] === true) return lose('it was disabled');
  if (isFields(rule['time_frame'])) return lose('it holds at some times only');
  const conditions = within(rule['conditions']);
  const translated = listIn(conditions['subconditions']).map(conditionOf);
  if (translated.some((each) => each === undefined))
    return lose('one of its conditions (regular expressions, other fields) has no counterpart');
  const held = translated.filter((each) => each !== undefined);
  const serviceId = optional(within(actions['route'])['value']);
  const isSuppressed = within(actions['suppress'])['value'] === true;
  if (serviceId === undefined && !isSuppressed) return lose('it neither routes nor suppresses');
  const isAny = conditions['operator'] === 'or' && held.length > 1;
  return (isAny ? held.map((each) => [each]) : [held]).map((each, i) => ({
    name: isAny ? `${name} (${i + 1})` : name,
    conditions: each,
    hours: undefined,
    policyId: undefined,
    serviceId: isSuppressed ? undefined : serviceId,
  }));
};
