import type { Configuration } from '../configuration/document.ts';
import { keysOf } from '../configuration/state.ts';
import type { Fields } from '../configuration/value.ts';
import { Temporal } from 'temporal-polyfill';
import { overlap } from './old-rota.ts';
import type { Finding, OldPolicy, OldSchedule, OldSystem, OldTarget, OldTurns, OldWindow } from './old-system.ts';
import { zoneOf, type Zones } from './zones.ts';

export interface Translation {
  readonly configuration: Configuration;
  readonly findings: readonly Finding[];
  /** For the comparison: the name of a user of the old system, and the schedules that an old one became. */
  readonly usernames: ReadonlyMap<string, string>;
  readonly schedules: ReadonlyMap<string, readonly string[]>;
  /** The old schedules by the zones of today. */
  readonly zoned: readonly OldSchedule[];
}

const DAYS = [1, 2, 3, 4, 5, 6, 7];
const LONGEST = 128;
const short = (name: string): string => name.trim().slice(0, LONGEST) || 'unnamed';

/** A user name out of an address, or of a name where there is none. */
const usernameOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._@+-]+/g, '.')
    .replaceAll(/^[^a-z0-9]+|\.+$/g, '')
    .slice(0, LONGEST) || 'user';

/** A user name may not be taken: the second is `ana-2`. */
const distinct = (names: readonly string[]): string[] => {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(unique); number++) unique = `${name}-${number}`;
    taken.add(unique);
    return unique;
  });
};

/** Translates what another system had into a document, and says of each thing what became of it. */
export const translate = (
  old: OldSystem,
  { now, zones = {} }: { readonly now: Date; readonly zones?: Zones },
): Translation => {
  const findings: Finding[] = [...old.findings];
  const find = (kind: string, name: string, verdict: Finding['verdict'], reason: string): void => {
    findings.push({ kind, name, verdict, reason });
  };

  const usernames = new Map(
    distinct(old.users.map(({ email, name }) => usernameOf(email ?? name))).map((name, i) => [
      old.users[i]?.id ?? '',
      name,
    ]),
  );
  const users = old.users.map(({ id, name, email, role }): Fields => {
    const username = usernames.get(id) ?? '';
    if (email === undefined) {
      find('user', name, 'changes', `has no e-mail: signs in as ${username}, and must add a way to be reached`);
    } else if (role === 'administrator') {
      find(
        'user',
        name,
        'changes',
        `was an administrator, and comes as operator: give the role admin to those who need it`,
      );
    } else find('user', name, 'maps', `signs in as ${username}; adds own contacts, because each is verified by a code`);
    return { username, displayName: short(name), roles: [role === 'reader' ? 'member' : 'operator'] };
  });
  const userOf = (id: string): string | undefined => {
    const username = usernames.get(id);
    return username === undefined ? undefined : `user:${username}`;
  };

  const teamKeys = keysOf(old.teams.map(({ name }) => short(name)));
  const teamOf = new Map(old.teams.map(({ id }, i) => [id, teamKeys[i] ?? '']));
  const teams = old.teams.map(({ name, description, members }): Fields => {
    const known = members.filter(({ userId }) => usernames.has(userId));
    if (known.length < members.length) {
      find(
        'team',
        name,
        'changes',
        `${members.length - known.length} members are not among the users, and are left out`,
      );
    } else find('team', name, 'maps', `${members.length} members`);
    return {
      name: short(name),
      description,
      members: known.map(({ userId, isLead }) => ({
        userId: userOf(userId) ?? '',
        role: isLead ? 'lead' : 'responder',
      })),
    };
  });

  const zoned = old.schedules.map((schedule): OldSchedule => {
    const { zone, isKnown, isRenamed } = zoneOf(schedule.timeZone, zones);
    if (!isKnown) {
      find(
        'schedule',
        schedule.name,
        'changes',
        `its zone ${schedule.timeZone} is unknown, and UTC is taken: give --zone '${schedule.timeZone}=Region/City'`,
      );
    } else if (isRenamed) find('schedule', schedule.name, 'maps', `its zone ${schedule.timeZone} is ${zone} today`);
    return { ...schedule, timeZone: zone };
  });
  const parts = zoned.map((schedule) => parallel(schedule, usernames, now, find));
  const scheduleNames = keysOf(parts.flatMap((all) => all.map(({ name }) => String(name))));
  let next = 0;
  const schedules = new Map(
    parts.map((all, i) => [old.schedules[i]?.id ?? '', all.map(() => scheduleNames[next++] ?? '')]),
  );

  const targetsOf = (targets: readonly OldTarget[], missing: OldTarget[]): { type: string; id: string }[] => {
    const found = targets.flatMap((target) => {
      const user = target.type === 'user' ? userOf(target.id) : undefined;
      const team = target.type === 'team' ? teamOf.get(target.id) : undefined;
      const keys = target.type === 'schedule' ? (schedules.get(target.id) ?? []) : [];
      const own = [
        ...(user === undefined ? [] : [{ type: 'user', id: user }]),
        ...(team === undefined ? [] : [{ type: 'team', id: `team:${team}` }]),
        ...keys.map((key) => ({ type: 'schedule', id: `schedule:${key}` })),
      ];
      if (own.length === 0) missing.push(target);
      return own;
    });
    return found.filter(({ id }, i) => found.findIndex((each) => each.id === id) === i);
  };
  const policyKeys = keysOf(old.policies.map(({ name }) => short(name)));
  const policyOf = new Map<string, string>();
  const policies = old.policies.flatMap((policy, i): Fields[] => {
    const translated = policyIn(policy, targetsOf, find);
    if (translated) policyOf.set(policy.id, `policy:${policyKeys[i] ?? ''}`);
    return translated ? [translated] : [];
  });

  const services = old.services.map(({ name, description, teamId, policyId }): Fields => {
    const policy = policyId === undefined ? undefined : policyOf.get(policyId);
    const team = teamId === undefined ? undefined : teamOf.get(teamId);
    if (policyId !== undefined && policy === undefined) {
      find('service', name, 'changes', 'its policy pages nobody any more: alerts follow the policy default');
    } else
      find(
        'service',
        name,
        'maps',
        policy === undefined ? 'its alerts follow the routing' : `pages by ${policy.slice(7)}`,
      );
    return {
      name: short(name),
      description: description.slice(0, 2_000),
      ...(team !== undefined && { teamId: `team:${team}` }),
      ...(policy !== undefined && { policyId: policy }),
    };
  });
  const serviceName = new Map(old.services.map(({ id, name }) => [id, short(name)]));

  const integrationNames = distinct(
    old.integrations.map(({ name, type }) => `${type ?? '-'}:${name.trim().slice(0, 90) || 'unnamed'}`),
  );
  const integrations = old.integrations.flatMap(
    ({ name, type, vendorType, serviceId, teamId, isEnabled }, i): Fields[] => {
      if (type === undefined) {
        find(
          'integration',
          name,
          'lost',
          `${vendorType} has no counterpart: send to an integration of type webhook with a mapping`,
        );
        return [];
      }
      find(
        'integration',
        name,
        'changes',
        `gets a new key, shown once: change address and key in what sends (${vendorType})`,
      );
      const service = serviceId === undefined ? undefined : serviceName.get(serviceId);
      const team = teamId === undefined ? undefined : teamOf.get(teamId);
      return [
        {
          type,
          name: (integrationNames[i] ?? '').slice(type.length + 1),
          ...(service !== undefined && { service: service.slice(0, 100) }),
          ...(team !== undefined && { team: team.slice(0, 100) }),
          enabled: isEnabled,
        },
      ];
    },
  );
  const sourceOf = new Map(
    old.integrations.flatMap(({ id, type }, i) => (type === undefined ? [] : [[id, integrationNames[i] ?? '']])),
  );

  const rules = old.rules.flatMap(({ name, conditions, hours, policyId, serviceId, integrationId }): Fields[] => {
    const policy = policyId === undefined ? undefined : policyOf.get(policyId);
    if (policyId !== undefined && policy === undefined) {
      find('routing rule', name, 'lost', 'what it pages could not be taken over');
      return [];
    }
    const service = serviceId === undefined ? undefined : serviceName.get(serviceId);
    const source = integrationId === undefined ? undefined : sourceOf.get(integrationId);
    if ((serviceId !== undefined && service === undefined) || (integrationId !== undefined && source === undefined)) {
      find('routing rule', name, 'lost', 'its service or integration could not be taken over');
      return [];
    }
    const zone = hours === undefined ? undefined : zoneOf(hours.timeZone, zones).zone;
    find(
      'routing rule',
      name,
      'maps',
      policy !== undefined
        ? `pages by ${policy.slice(7)}`
        : service === undefined
          ? 'nobody is paged'
          : `is of service ${service}`,
    );
    return [
      {
        name: short(name),
        conditions: [
          ...(source === undefined ? [] : [{ field: 'source', test: 'is', values: [source], not: false } as const]),
          ...conditions,
        ].map((condition) => ({
          field: condition.field,
          test: condition.test,
          values: [...condition.values],
          not: condition.not,
        })),
        ...(hours && { hours: { timeZone: zone ?? 'UTC', windows: hours.windows.map(windowOf) } }),
        ...(policy !== undefined
          ? { set: { policyId: policy } }
          : service === undefined
            ? { suppress: true }
            : { set: { service } }),
      },
    ];
  });

  const monitors = old.heartbeats.map(({ name, seconds, isEnabled, severity, teamId }): Fields => {
    const period = Math.min(366 * 86_400, Math.max(60, seconds));
    const team = teamId === undefined ? undefined : teamOf.get(teamId);
    find(
      'heartbeat',
      name,
      'changes',
      `gets a new address to ping, shown once${period === seconds ? '' : `; its period is ${period} s`}`,
    );
    return {
      name: short(name),
      check: { type: 'heartbeat', periodSeconds: period, graceSeconds: 0 },
      severity,
      enabled: isEnabled,
      ...(team !== undefined && { team }),
    };
  });

  const silences = old.maintenance.flatMap(({ name, from, to, serviceIds, integrationIds }): Fields[] => {
    if (Date.parse(to) <= now.getTime()) return [];
    const known = serviceIds.flatMap((id) => serviceName.get(id) ?? []);
    const known2 = integrationIds.flatMap((id) => sourceOf.get(id) ?? []);
    const matchers = [
      ...(known.length > 0 ? [anyOf('service', known)] : []),
      ...(known2.length > 0 ? [anyOf('source', known2)] : []),
    ];
    if (matchers.length === 0) {
      find('maintenance', name, 'lost', 'what it covers could not be taken over');
      return [];
    }
    const isPart = known.length < serviceIds.length || known2.length < integrationIds.length;
    find(
      'maintenance',
      name,
      isPart ? 'changes' : 'maps',
      isPart ? 'only a part of what it covers could be taken over' : 'is a silence; what is open when it ends rings',
    );
    return matchers.map((matcher) => ({ matchers: [matcher], startsAt: utc(from), endsAt: utc(to), comment: name }));
  });

  const lists = { users, teams, schedules: parts.flat(), policies, services, monitors, integrations, silences };
  return {
    configuration: {
      lists: new Map(Object.entries(lists).filter(([, items]) => items.length > 0)),
      singles: new Map(rules.length > 0 ? [['routing', { rules }]] : []),
    },
    findings: findings.filter((each) => each.verdict !== 'maps' || !findings.some((other) => isWorse(other, each))),
    usernames,
    schedules,
    zoned,
  };
};

/** What is said of a thing beside that it maps says it better. */
const isWorse = (one: Finding, other: Finding): boolean =>
  one.verdict !== 'maps' && one.kind === other.kind && one.name === other.name;

const utc = (text: string): string => new Date(text).toISOString();

/** A matcher of a silence on one of these values, which it takes literally. */
const anyOf = (name: string, values: readonly string[]): Fields =>
  values.length === 1
    ? { name, value: values[0] ?? '', isRegex: false }
    : {
        name,
        value: values.map((value) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|'),
        isRegex: true,
      };

type Find = (kind: string, name: string, verdict: Finding['verdict'], reason: string) => void;

const windowOf = (window: OldWindow): Fields =>
  window.type === 'daily'
    ? {
        type: 'daily',
        ...(window.days.length < DAYS.length && { days: [...window.days] }),
        from: window.from,
        to: window.to,
      }
    : { type: 'weekly', fromDay: window.fromDay, from: window.from, toDay: window.toDay, to: window.to };

/**
 * The schedules that one becomes. A schedule here has one person on call, so what has several at the same time becomes several
 * beside each other, all of which its policies page: each has all turns, and in the n-th the n-th turn of a level goes first.
 */
const parallel = (schedule: OldSchedule, usernames: ReadonlyMap<string, string>, now: Date, find: Find): Fields[] => {
  const { name, timeZone } = schedule;
  const levels = schedule.levels.map((level) =>
    level
      .filter(({ end }) => end === undefined || Date.parse(`${end.slice(0, 16)}Z`) > now.getTime() - 86_400_000)
      .flatMap((turns) => alone(turns, usernames, schedule, find))
      .filter(({ slots }) => slots.length > 0),
  );
  const depth = (level: readonly OldTurns[]): number =>
    level.length > 1 && overlap(level, timeZone, now.getTime()) ? level.length : 1;
  const count = Math.max(0, ...levels.map(depth));
  if (levels.every((level) => level.length === 0)) {
    find('schedule', name, 'lost', 'nobody takes turns in it');
    return [];
  }
  const layers = levels.reduce((sum, level) => sum + level.length, 0);
  if (layers > 10) {
    find('schedule', name, 'lost', `it has ${layers} rotations, and a schedule has 10 layers at most: divide it first`);
    return [];
  }
  if (count > 1) {
    find(
      'schedule',
      name,
      'changes',
      `has several people on call at once: becomes ${count} schedules, which its policies page together`,
    );
  } else find('schedule', name, 'maps', layers === 1 ? '1 rotation' : `${layers} rotations`);
  const coming = schedule.overrides.filter(({ to }) => Date.parse(to) > now.getTime());
  const known = coming.filter(
    ({ userId, insteadOf }) => usernames.has(userId) && (insteadOf === undefined || usernames.has(insteadOf)),
  );
  if (known.length < coming.length)
    find('override', name, 'lost', `${coming.length - known.length} are of people who are not among the users`);
  if (known.length > 0) find('override', name, 'maps', `${known.length} that are not over`);
  const overrides = known.map(({ kind, userId, insteadOf, from, to }) => ({
    kind,
    userId: `user:${usernames.get(userId) ?? ''}`,
    ...(insteadOf !== undefined && { insteadOf: `user:${usernames.get(insteadOf) ?? ''}` }),
    from: utc(from),
    to: utc(to),
  }));
  return Array.from({ length: count }, (_, part) => ({
    name: short(part === 0 ? name : `${name.slice(0, 120)} (${part + 1})`),
    description: schedule.description.slice(0, 2_000),
    timeZone,
    // A later layer goes before those above it, so the one that goes first in this part is the last of its level.
    layers: levels.flatMap((level) =>
      level.map((_turns, i) => layerOf(level[(i + part + 1) % level.length] as OldTurns, usernames, now)),
    ),
    ...(overrides.length > 0 && { overrides }),
  }));
};

const layerOf = (turns: OldTurns, usernames: ReadonlyMap<string, string>, now: Date): Fields => {
  const { unit, every, windows, end } = turns;
  const { start, slots } = begun(turns, now);
  const rotation =
    unit === 'months'
      ? { type: 'monthly' }
      : every === 1 && unit === 'days'
        ? { type: 'daily' }
        : every === 1 && unit === 'weeks'
          ? { type: 'weekly' }
          : { type: 'custom', unit, every };
  return {
    name: short(turns.name),
    users: slots.map(([user = '']) => `user:${usernames.get(user) ?? ''}`),
    rotation,
    handOff: start.slice(11, 16),
    start: start.slice(0, 10),
    ...(end !== undefined && { end: end.slice(0, 10) }),
    ...(windows.length > 0 && { restrictions: windows.map(windowOf) }),
  };
};

/** Turns that begin when the layer does: counted from an earlier time, they begin with the turn of that time. */
const begun = (turns: OldTurns, now: Date): Pick<OldTurns, 'start' | 'slots'> => {
  const { notBefore, unit, every, slots } = turns;
  const start = Temporal.PlainDateTime.from(turns.start);
  const from = notBefore === undefined ? undefined : Temporal.PlainDateTime.from(notBefore);
  const plain = (at: Temporal.PlainDateTime): string => at.toString().slice(0, 16);
  const isPast =
    from === undefined ||
    (Temporal.PlainDateTime.compare(from, Temporal.PlainDateTime.from(now.toISOString().slice(0, 19))) < 0 &&
      Temporal.PlainDateTime.compare(start, from) <= 0);
  if (isPast) return { start: plain(start), slots };
  let turn = 0;
  const begin = (n: number): Temporal.PlainDateTime => start.add({ [unit]: n * every });
  while (Temporal.PlainDateTime.compare(begin(turn), from) > 0) turn--;
  while (Temporal.PlainDateTime.compare(begin(turn + 1), from) <= 0) turn++;
  const count = slots.length;
  return { start: plain(begin(turn)), slots: slots.map((_, i) => slots[(((turn + i) % count) + count) % count] ?? []) };
};

/** Turns of one person at a time, and without turns of nobody, which a schedule here cannot have. */
const alone = (
  turns: OldTurns,
  usernames: ReadonlyMap<string, string>,
  { name }: OldSchedule,
  find: Find,
): OldTurns[] => {
  const title = `${name}, ${turns.name}`;
  if (turns.unit === 'months' && turns.every > 1) {
    find('rotation', title, 'lost', 'it changes after several months, and one here after one: set its turns again');
    return [];
  }
  const slots = turns.slots.map((slot) => slot.filter((user) => usernames.has(user)));
  if (slots.every((slot) => slot.length === 0)) {
    if (turns.slots.length > 0) find('rotation', title, 'lost', 'none of its people is among the users');
    return [];
  }
  if (slots.length > 50) {
    find('rotation', title, 'lost', `it has ${slots.length} turns, and a layer has 50 at most`);
    return [];
  }
  const strangers = turns.slots.flat().filter((user) => !usernames.has(user)).length;
  if (strangers > 0)
    find('rotation', title, 'changes', `${strangers} of its turns are of people who are not among the users`);
  const gaps = slots.filter((slot) => slot.length === 0).length;
  if (gaps > 0) {
    find(
      'rotation',
      title,
      'changes',
      `in ${gaps} of its ${slots.length} turns nobody was on call: the person before is on call then, too`,
    );
  }
  const [seconds, minutes] = [turns.start, turns.end].map((wall) => wall?.slice(16).replaceAll(/[:.0]/g, '') ?? '');
  if (seconds || minutes) find('rotation', title, 'changes', 'hand-offs are to the minute here');
  if (turns.end !== undefined && turns.end.slice(11, 16) !== turns.start.slice(11, 16)) {
    find('rotation', title, 'changes', `ends at ${turns.end.slice(0, 16)}: here at the hand-off of that day`);
  }
  const filled = slots.map((slot, i) => {
    for (let back = 0; back < slots.length; back++) {
      const at = slots[(i - back + slots.length) % slots.length] ?? [];
      if (at.length > 0) return at;
    }
    return slot;
  });
  const width = Math.max(...filled.map((slot) => slot.length));
  return Array.from({ length: width }, (_, i) => ({
    ...turns,
    name: i === 0 ? turns.name : `${turns.name} (${i + 1})`,
    slots: filled.map((slot) => [slot[i] ?? slot[0] ?? '']),
  }));
};

const LAST_STEP_MINUTES = 30;

const policyIn = (
  policy: OldPolicy,
  targetsOf: (targets: readonly OldTarget[], missing: OldTarget[]) => { type: string; id: string }[],
  find: Find,
): Fields | undefined => {
  const { name, steps } = policy;
  const missing: OldTarget[] = [];
  const translated = steps.flatMap(({ targets, inTurn, minutes }) => {
    const found = targetsOf(targets, missing);
    if (found.length === 0) return [];
    return [
      {
        targets: found.slice(0, 10),
        ...(inTurn && { assignment: 'round_robin' }),
        escalateAfterMinutes: Math.min(1_440, Math.max(1, minutes ?? LAST_STEP_MINUTES)),
      },
    ];
  });
  if (translated.length === 0) {
    find('policy', name, 'lost', 'it pages nobody who could be taken over');
    return undefined;
  }
  const changes = [
    ...(missing.length > 0 ? [`${missing.length} targets are not among what was taken over`] : []),
    ...(translated.some(({ targets }, i) => targets.length < targetsOf(steps[i]?.targets ?? [], []).length)
      ? ['a step has 10 targets at most']
      : []),
    ...(translated.length > 10 ? ['only the first 10 steps are taken over'] : []),
    ...(policy.repeat > 9 ? ['it is repeated 9 times at most'] : []),
    ...(steps.some(({ minutes }) => minutes !== undefined && (minutes < 1 || minutes > 1_440))
      ? ['a step waits from 1 minute to 24 hours']
      : []),
  ];
  find(
    'policy',
    name,
    changes.length > 0 ? 'changes' : 'maps',
    changes.join('; ') || `${translated.length} steps, repeated ${policy.repeat} times`,
  );
  return { name: short(name), steps: translated.slice(0, 10), repeat: Math.min(9, policy.repeat) };
};
