import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound, Problem } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { PeopleLister } from '../../auth/port.ts';
import type { RosterReader, StoredPolicy, StoredTeam, Target } from '../../oncall/port.ts';
import type { AlertPager } from '../../paging/port.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { senderBy } from '../sender.ts';
import type { Responder } from './alert.ts';

export interface PageDeps {
  readonly clock: Clock;
  readonly people: PeopleLister;
  readonly roster: RosterReader;
  readonly pager: AlertPager;
}

/** One request pages so many people at most. */
const MOST_PAGED = 50;

const noSuchResponder = ({ type, id, name, username }: Responder) =>
  notFound('responder.not_found', `There is no ${type} ${username ?? name ?? id ?? ''}.`);

const answering = ({ members }: StoredTeam): string[] =>
  members.flatMap(({ userId, role }) => (role === 'observer' ? [] : [userId]));

/** By its id, else by its name. */
const named = async <T extends { readonly name: string }>(
  { id, name }: Responder,
  byId: (id: string) => Promise<T | undefined>,
  all: () => Promise<readonly T[]>,
): Promise<T | undefined> =>
  (id === undefined ? undefined : await byId(id)) ??
  (name === undefined ? undefined : (await all()).find((each) => each.name === name));

/** The users of a target of a policy. A shared contact is nobody. */
const usersOf = async ({ clock, roster }: PageDeps, { type, id }: Target): Promise<readonly string[]> => {
  if (type === 'user') return [id];
  if (type === 'contact') return [];
  const found = await (type === 'team' ? roster.team(id) : undefined);
  if (found) return answering(found);
  const schedule = type === 'schedule' ? await roster.schedule(id) : undefined;
  return schedule ? ((await roster.onCallAt(schedule, clock.now()))?.users ?? []) : [];
};

/** The policy of a name or id. */
export const policyOf = ({ roster }: Pick<PageDeps, 'roster'>, wanted: Responder): Promise<StoredPolicy | undefined> =>
  named(wanted, roster.policy, roster.policies);

/**
 * The users whom a responder means now: a user, those on call by a schedule, those who answer for a team, or those of the first step of
 * a policy. Undefined where there is no such thing.
 */
export const peopleBehind = async (deps: PageDeps, responder: Responder): Promise<readonly string[] | undefined> => {
  const { clock, people, roster } = deps;
  switch (responder.type) {
    case 'user': {
      const { id, name, username = name } = responder;
      const person =
        (username === undefined ? undefined : await people.byUsername(username)) ??
        (id === undefined ? undefined : await people.byId(id));
      return person && [person.id];
    }
    case 'team': {
      const team = await named(responder, roster.team, roster.teams);
      return team && answering(team);
    }
    case 'schedule': {
      const schedule = await named(responder, roster.schedule, roster.schedules);
      return schedule && ((await roster.onCallAt(schedule, clock.now()))?.users ?? []);
    }
    case 'escalation': {
      const policy = await policyOf(deps, responder);
      const targets = policy?.steps[0]?.targets ?? [];
      return policy && (await Promise.all(targets.map((target) => usersOf(deps, target)))).flat();
    }
    default:
      return undefined;
  }
};

const isUnreachable = (error: unknown): boolean => error instanceof Problem && error.code === 'responder.unreachable';

/**
 * Has the users behind a responder paged for an alert. Throws `responder.not_found` where there is no such responder, and
 * `responder.unreachable` where nobody of them can be paged.
 */
export const pageResponder = async (
  deps: PageDeps,
  integration: StoredIntegration,
  { alert, responder }: { readonly alert: Alert; readonly responder: Responder },
): Promise<void> => {
  const users = await peopleBehind(deps, responder);
  if (!users) throw noSuchResponder(responder);
  const paged = await pageUsers(deps, integration, { alert, users, onlyOnce: false });
  if (paged === 0) throw conflict('responder.unreachable', 'Nobody of the responder can be paged.');
};

/**
 * Has the responders paged that a new alert names, each person once for the alert however often the event is sent. The first team is
 * the team of the alert, which routing pages. What is unknown here, or cannot be paged, is left to routing.
 */
export const pageNamed = async (
  deps: PageDeps,
  integration: StoredIntegration,
  { alert, responders }: { readonly alert: Alert; readonly responders: readonly Responder[] },
): Promise<void> => {
  const team = responders.find(({ type }) => type === 'team');
  const others = responders.filter((each) => each !== team);
  if (others.length === 0 || alert.status !== 'open') return;
  const users = (await Promise.all(others.map((each) => peopleBehind(deps, each)))).flatMap((each) => each ?? []);
  await pageUsers(deps, integration, { alert, users, onlyOnce: true });
};

const pageUsers = async (
  { pager }: PageDeps,
  integration: StoredIntegration,
  { alert, users, onlyOnce }: { readonly alert: Alert; readonly users: readonly string[]; readonly onlyOnce: boolean },
): Promise<number> => {
  const by = { caller: senderBy(integration) };
  let paged = 0;
  // One after the other: each writes a note into the timeline of the same alert.
  for (const userId of [...new Set(users)].slice(0, MOST_PAGED)) {
    try {
      await pager.ask(by, { alert, userId, onlyOnce });
      paged += 1;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
    }
  }
  return paged;
};

/** Escalates an alert by the policy that is named. Throws `responder.not_found` where there is no such policy. */
export const escalateBy = async (
  deps: PageDeps,
  integration: StoredIntegration,
  { alert, escalation }: { readonly alert: Alert; readonly escalation: Responder },
): Promise<void> => {
  const policy = await policyOf(deps, escalation);
  if (!policy) throw noSuchResponder(escalation);
  await deps.pager.escalateTo({ caller: senderBy(integration) }, { alert, policy });
};
