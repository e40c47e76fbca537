import { sha256 } from '../../../shared/kernel/ids.ts';
import { own } from '../../../shared/kernel/own.ts';
import { CreateMonitor, SLUG, type Heartbeat } from '../../health/port.ts';
import { fitted } from '../labels.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { priorityBySeverity, priorityIn, severityBy, tagsText } from './alert.ts';
import { flagIn, objectIn, required, textIn, textsIn, wrong, type Fields } from './fields.ts';

/*
 * A heartbeat of Opsgenie as one of ours, and back. Its name leads to a slug, by which people may address it, too. What has no field of
 * ours is a label, so its alerts have it.
 */

const MAX_NAME_CHARS = 128;
const MAX_LABEL_CHARS = 256;
const DIGEST_CHARS = 12;
const MAX_PLAIN_CHARS = 80;
const DEFAULT_PRIORITY = 'P3';

const UNIT_SECONDS = { minutes: 60, hours: 3600, days: 86_400 } as const;
type Unit = keyof typeof UNIT_SECONDS;
const UNITS = Object.keys(UNIT_SECONDS) as Unit[];
const MOST_SECONDS = 366 * UNIT_SECONDS.days;

/** The slug of a name: the name itself where it is one, else what is like it with a digest, so that no two names are one. */
export const slugOfName = (name: string): string => {
  if (SLUG.test(name)) return name;
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .slice(0, MAX_PLAIN_CHARS);
  return `${plain}-${sha256(name).slice(0, DIGEST_CHARS)}`;
};

/** The name by which a client finds a heartbeat: its own where that leads to its slug, else the slug. */
const nameOf = ({ name, check: { slug = '' } }: Heartbeat): string => (slugOfName(name) === slug ? name : slug);

const nameIn = (fields: Fields): string => {
  const name = required(fields, 'name').trim();
  if (name.length > MAX_NAME_CHARS) throw wrong('name', `cannot be longer than ${MAX_NAME_CHARS} characters`);
  if (!name.isWellFormed()) throw wrong('name', 'must be Unicode text');
  return name;
};

const isUnit = (text: string): text is Unit => Object.hasOwn(UNIT_SECONDS, text);

/** The seconds of `interval` and `intervalUnit`, of which each may be left out where `before` has them. */
const periodIn = (fields: Fields, before?: { readonly interval: number; readonly unit: Unit }): number => {
  const interval = own(fields, 'interval') ?? before?.interval;
  const unit = textIn(fields, 'intervalUnit')?.trim().toLowerCase() ?? before?.unit;
  if (typeof interval !== 'number' || !Number.isInteger(interval) || interval < 1)
    throw wrong('interval', 'must be a whole number above 0');
  if (unit === undefined || !isUnit(unit)) throw wrong('intervalUnit', 'must be one of [minutes, hours, days]');
  const seconds = interval * UNIT_SECONDS[unit];
  if (seconds > MOST_SECONDS) throw wrong('interval', 'cannot be longer than 366 days');
  return seconds;
};

const intervalOf = (seconds: number): { readonly interval: number; readonly unit: Unit } => {
  const unit = UNITS.findLast((each) => seconds % UNIT_SECONDS[each] === 0) ?? 'minutes';
  return { interval: Math.ceil(seconds / UNIT_SECONDS[unit]), unit };
};

/** Undefined where the fields do not speak of a team; null where they name none. */
const teamIn = (fields: Fields): string | null | undefined => {
  const team = objectIn(fields, 'ownerTeam');
  if (!team) return undefined;
  return (
    (textIn(team, 'name', 'ownerTeam') ?? textIn(team, 'id', 'ownerTeam'))
      ?.trim()
      .slice(0, MAX_NAME_CHARS)
      .toWellFormed() ?? null
  );
};

/** The labels that fields speak of; an empty text deletes one. */
const labelsIn = (fields: Fields): Record<string, string> => ({
  ...(own(fields, 'description') !== undefined && { description: textIn(fields, 'description') ?? '' }),
  ...(own(fields, 'alertMessage') !== undefined && { message: textIn(fields, 'alertMessage') ?? '' }),
  ...(own(fields, 'alertTags') !== undefined && { tags: tagsText(textsIn(fields, 'alertTags')) }),
  ...(own(fields, 'alertPriority') !== undefined && { priority: textIn(fields, 'alertPriority') ?? '' }),
});

const merged = (before: Readonly<Record<string, string>>, fields: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...before, ...labelsIn(fields) })
      .map(([name, value]): [string, string] => [name, fitted(value, MAX_LABEL_CHARS)])
      .filter(([, value]) => value !== ''),
  );

const alertPriorityIn = (fields: Fields) => priorityIn({ priority: own(fields, 'alertPriority') }, 'alertPriority');

/** The definition of a new heartbeat. It has no grace, because a heartbeat of Opsgenie expires with its interval. */
export const heartbeatIn = (fields: Fields, integration: StoredIntegration): CreateMonitor => {
  const name = nameIn(fields);
  const priority = alertPriorityIn(fields) ?? DEFAULT_PRIORITY;
  return CreateMonitor.parse({
    name,
    check: { type: 'heartbeat', slug: slugOfName(name), periodSeconds: periodIn(fields), graceSeconds: 0 },
    severity: severityBy(priority, integration),
    service: integration.service,
    team: teamIn(fields) ?? integration.team,
    labels: merged({ priority }, fields),
    enabled: flagIn(fields, 'enabled') ?? true,
  });
};

/** What a change request changes: all that it speaks of. A new name leads to a new slug. */
export const changesIn = (
  fields: Fields,
  integration: StoredIntegration,
  { check, labels }: Pick<CreateMonitor, 'check' | 'labels'>,
): Partial<Pick<CreateMonitor, 'name' | 'check' | 'severity' | 'team' | 'labels' | 'enabled'>> => {
  const name = textIn(fields, 'name') === undefined ? undefined : nameIn(fields);
  const priority = alertPriorityIn(fields);
  const [team, enabled] = [teamIn(fields), flagIn(fields, 'enabled')];
  const speaksOfInterval = own(fields, 'interval') !== undefined || own(fields, 'intervalUnit') !== undefined;
  const before = check.type === 'heartbeat' && check.periodSeconds ? intervalOf(check.periodSeconds) : undefined;
  const { cron: _, ...timed } = check as Heartbeat['check'];
  const isRenamed = name !== undefined && slugOfName(name) !== timed.slug;
  return {
    ...(isRenamed && { name }),
    check: {
      ...(speaksOfInterval ? { ...timed, periodSeconds: periodIn(fields, before) } : (check as Heartbeat['check'])),
      ...(isRenamed && { slug: slugOfName(name) }),
    },
    ...(priority !== undefined && { severity: severityBy(priority, integration) }),
    ...(team !== undefined && { team }),
    labels: merged(labels, fields),
    ...(enabled !== undefined && { enabled }),
  };
};

/** What tells whether a heartbeat is well. It is expired where its job did not report in time, or reported a failure. */
export const heartbeatState = (heartbeat: Heartbeat) => ({
  name: nameOf(heartbeat),
  enabled: heartbeat.enabled,
  expired: heartbeat.status === 'down',
});

/** A heartbeat as Opsgenie answers it. One that is due by cron has no interval. */
export const opsgenieHeartbeat = (heartbeat: Heartbeat, integration: StoredIntegration) => {
  const { labels, check, team, lastPingAt } = heartbeat;
  const said = (name: string): string => own(labels, name) ?? '';
  const every = check.periodSeconds === undefined ? undefined : intervalOf(check.periodSeconds);
  return {
    ...heartbeatState(heartbeat),
    description: said('description'),
    ...(every && { interval: every.interval, intervalUnit: every.unit }),
    ownerTeam: team === null ? {} : { name: team },
    alertMessage: said('message'),
    alertTags: said('tags')
      .split(',')
      .filter((tag) => tag !== ''),
    alertPriority: priorityBySeverity(said('priority'), heartbeat.severity, integration),
    ...(lastPingAt !== null && { lastPingTime: lastPingAt }),
  };
};
