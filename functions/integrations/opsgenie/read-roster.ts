import { DAY_MS } from '../../../shared/calendar/wall-clock.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { PeopleLister, Person } from '../../auth/port.ts';
import type { RosterReader, StoredSchedule } from '../../oncall/port.ts';
import { integrationOfSender } from '../sender.ts';
import { assertConfigures } from './access.ts';
import { wrong } from './fields.ts';
import {
  nextOnCallAnswer,
  onCallAnswer,
  opsgenieEscalation,
  opsgenieSchedule,
  opsgenieTeam,
  opsgenieUser,
  usersOfPolicy,
  usersOfSchedule,
  usersOfTeam,
  type PersonOf,
} from './roster.ts';

export interface RosterDeps {
  readonly clock: Clock;
  readonly roster: RosterReader;
  readonly people: PeopleLister;
}

type Asker = Pick<Request, 'caller'>;

interface Named {
  readonly identifier: string;
  readonly identifierType?: string | undefined;
}

const AT_ONCE = 10;
const PAGE = 100;
/** Schedules are worked out for a century around now. */
const MOST_AWAY_MS = 50 * 366 * DAY_MS;

const readable = ({ caller }: Asker): void => assertConfigures(integrationOfSender(caller));

const noSuch = (what: string, { identifier }: Named) =>
  notFound('roster.not_found', `${what} [${identifier.slice(0, 128)}] does not exist`);

const isName = ({ identifierType }: Named): boolean => identifierType?.toLowerCase() === 'name';

/** Looks up users whose names an answer needs, each once. */
const peopleBy = async ({ people }: Pick<RosterDeps, 'people'>, ids: readonly string[]): Promise<PersonOf> => {
  const wanted = [...new Set(ids)];
  const found = await mapLimit(wanted, AT_ONCE, people.byId);
  const known = new Map(wanted.map((id, at) => [id, found[at]]));
  return (id) => known.get(id);
};

const scheduleNamed = async ({ roster }: Pick<RosterDeps, 'roster'>, named: Named): Promise<StoredSchedule> => {
  const found = isName(named)
    ? (await roster.schedules()).find(({ name }) => name === named.identifier)
    : await roster.schedule(named.identifier);
  if (!found) throw noSuch('Schedule', named);
  return found;
};

/** All schedules, with their rotations where the request expands them. */
export const listSchedules = async (
  deps: RosterDeps,
  asker: Asker,
  { expand }: { readonly expand?: string | undefined },
) => {
  readable(asker);
  const schedules = await deps.roster.schedules();
  const isExpanded = expand?.toLowerCase() === 'rotation';
  const personOf = isExpanded ? await peopleBy(deps, schedules.flatMap(usersOfSchedule)) : undefined;
  return schedules.map((schedule) => opsgenieSchedule(schedule, personOf));
};

/** One schedule with its rotations. Throws `roster.not_found`. */
export const getSchedule = async (deps: RosterDeps, asker: Asker, named: Named) => {
  readable(asker);
  const schedule = await scheduleNamed(deps, named);
  return opsgenieSchedule(schedule, await peopleBy(deps, usersOfSchedule(schedule)));
};

interface OnCallQuery {
  readonly flat?: string | undefined;
  readonly date?: string | undefined;
}

const isFlat = ({ flat }: OnCallQuery): boolean => flat?.toLowerCase() === 'true';

const instantIn = ({ date }: OnCallQuery, now: Date): Date => {
  if (date === undefined) return now;
  const at = new Date(date);
  // False for a text that is no time as well.
  if (!(Math.abs(at.getTime() - now.getTime()) < MOST_AWAY_MS))
    throw wrong('date', 'must be a time such as 2026-11-21T03:00:00Z');
  return at;
};

/** Who is on call by each of some schedules at an instant. */
const onCallOf = async (deps: RosterDeps, schedules: readonly StoredSchedule[], query: OnCallQuery) => {
  const at = instantIn(query, deps.clock.now());
  const duties = await mapLimit(schedules, AT_ONCE, async (schedule) => ({
    schedule,
    users: (await deps.roster.onCallAt(schedule, at))?.users ?? [],
  }));
  const personOf = await peopleBy(
    deps,
    duties.flatMap(({ users }) => users),
  );
  return duties.map(({ schedule, users }) => onCallAnswer(schedule, users, { flat: isFlat(query), personOf }));
};

/** Who is on call by a schedule, now or at another time. Throws `roster.not_found`. */
export const getOnCalls = async (deps: RosterDeps, asker: Asker, { flat, date, ...named }: Named & OnCallQuery) => {
  readable(asker);
  const [answer] = await onCallOf(deps, [await scheduleNamed(deps, named)], { flat, date });
  return answer;
};

/** Who is on call by each schedule. */
export const listOnCalls = async (deps: RosterDeps, asker: Asker, query: OnCallQuery) => {
  readable(asker);
  return onCallOf(deps, await deps.roster.schedules(), query);
};

/** Who comes next by a schedule; nobody where no hand-off is within two months. Throws `roster.not_found`. */
export const getNextOnCalls = async (deps: RosterDeps, asker: Asker, { flat, date, ...named }: Named & OnCallQuery) => {
  readable(asker);
  const schedule = await scheduleNamed(deps, named);
  const duty = await deps.roster.onCallAt(schedule, instantIn({ date }, deps.clock.now()));
  const users = duty?.next ?? [];
  return nextOnCallAnswer(schedule, users, { flat: isFlat({ flat }), personOf: await peopleBy(deps, users) });
};

const everybody = async ({ people }: Pick<RosterDeps, 'people'>): Promise<Person[]> => {
  const found: Person[] = [];
  let cursor: string | undefined;
  do {
    const page = await people.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
};

/** A page of the users, oldest first, and how many there are. */
export const listUsers = async (
  deps: RosterDeps,
  asker: Asker,
  { offset, limit }: { readonly offset: number; readonly limit: number },
) => {
  readable(asker);
  const all = await everybody(deps);
  return { total: all.length, data: all.slice(offset, offset + limit).map(opsgenieUser) };
};

/** A user by id or name. Throws `roster.not_found`. */
export const getUser = async ({ people }: RosterDeps, asker: Asker, named: Named) => {
  readable(asker);
  const found = (await people.byUsername(named.identifier)) ?? (await people.byId(named.identifier));
  if (!found || found.status === 'deleted') throw noSuch('User', named);
  return opsgenieUser(found);
};

/** All teams. */
export const listTeams = async ({ roster }: RosterDeps, asker: Asker) => {
  readable(asker);
  return (await roster.teams()).map((team) => opsgenieTeam(team, undefined));
};

/** A team with its members. Throws `roster.not_found`. */
export const getTeam = async (deps: RosterDeps, asker: Asker, named: Named) => {
  readable(asker);
  const { roster } = deps;
  const team = isName(named)
    ? (await roster.teams()).find(({ name }) => name === named.identifier)
    : await roster.team(named.identifier);
  if (!team) throw noSuch('Team', named);
  return opsgenieTeam(team, await peopleBy(deps, usersOfTeam(team)));
};

/** All policies as escalations. */
export const listEscalations = async (deps: RosterDeps, asker: Asker) => {
  readable(asker);
  const policies = await deps.roster.policies();
  const personOf = await peopleBy(deps, policies.flatMap(usersOfPolicy));
  return policies.map((policy) => opsgenieEscalation(policy, personOf));
};

/** A policy as an escalation. Throws `roster.not_found`. */
export const getEscalation = async (deps: RosterDeps, asker: Asker, named: Named) => {
  readable(asker);
  const { roster } = deps;
  const policy = isName(named)
    ? (await roster.policies()).find(({ name }) => name === named.identifier)
    : await roster.policy(named.identifier);
  if (!policy) throw noSuch('Escalation', named);
  return opsgenieEscalation(policy, await peopleBy(deps, usersOfPolicy(policy)));
};
