import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound, Problem } from '../../../shared/kernel/errors.ts';
import type { Alert } from '../../alerts/port.ts';
import type { PeopleLister, Person } from '../../auth/port.ts';
import type { RosterReader, StoredPolicy, StoredTeam, Target } from '../../oncall/port.ts';
import type { AlertPager } from '../../paging/port.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { senderBy } from '../sender.ts';
import { annotationsOf } from '../labels.ts';
import { NOT_PAGED, withAnnotation, type Responder } from './alert.ts';
import type { AlertDesk } from './find-alert.ts';

export interface PageDeps {
  readonly desk: Pick<AlertDesk, 'edit' | 'note'>;
  readonly clock: Clock;
  readonly people: PeopleLister;
  readonly roster: RosterReader;
  readonly pager: AlertPager;
}

/** One request pages so many people at most. */
const MOST_PAGED = 50;

/** How a responder is called in sentences. */
const called = ({ type, id, name, username }: Responder): string => `${type} ${username ?? name ?? id ?? ''}`;

const noSuchResponder = (responder: Responder) =>
  notFound('responder.not_found', `There is no ${called(responder)}.`, { extensions: { reason: 'no_responder' } });

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

/** The user whom a responder means: by the name to log in, else by the part of an address before the at sign, else by the id. */
export const personBehind = async (
  { people }: Pick<PageDeps, 'people'>,
  { id, name, username = name }: Pick<Responder, 'id' | 'name' | 'username'>,
): Promise<Person | undefined> => {
  const [local = '', domain] = username?.split('@') ?? [];
  return (
    (username === undefined ? undefined : await people.byUsername(username)) ??
    (domain === undefined || local === '' ? undefined : await people.byUsername(local)) ??
    (id === undefined ? undefined : await people.byId(id))
  );
};

/**
 * The users whom a responder means now: a user, those on call by a schedule, those who answer for a team, or those of the first step of
 * a policy. Undefined where there is no such thing.
 */
export const peopleBehind = async (deps: PageDeps, responder: Responder): Promise<readonly string[] | undefined> => {
  const { clock, roster } = deps;
  switch (responder.type) {
    case 'user': {
      const person = await personBehind(deps, responder);
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

/** Somebody who was not paged, and why. */
interface NotPaged {
  readonly who: string;
  /** A sentence. */
  readonly why: string;
  /** The code of the reason. */
  readonly reason: string;
}

const NOBODY: Readonly<Record<string, readonly [reason: string, why: string]>> = {
  schedule: ['nobody_on_call', 'Nobody was on call by the schedule.'],
  team: ['nobody_in_team', 'Nobody answers for the team.'],
};

/** Nobody is behind a responder: it is unknown, or has no people at this moment. */
const emptyOf = (responder: Responder, users: readonly string[] | undefined): NotPaged => {
  const [reason, why] = users
    ? (NOBODY[responder.type] ?? ['nobody', 'Its first step names nobody.'])
    : ['no_responder', `There is no such ${responder.type}.`];
  return { who: called(responder), why, reason };
};

const sentenceFor = (notPaged: readonly NotPaged[]): string =>
  notPaged.map(({ who, why }) => `${who} was not paged: ${why}`).join(' ');

/**
 * Has the users behind a responder paged for an alert. Answers sentences about those who cannot be paged; empty where all were. Where nobody of
 * them can be paged, the timeline says why, and it throws: `responder.not_found` where there is no such responder, else `responder.unreachable`.
 */
export const pageResponder = async (
  deps: PageDeps,
  integration: StoredIntegration,
  { alert, responder }: { readonly alert: Alert; readonly responder: Responder },
): Promise<string> => {
  const users = await peopleBehind(deps, responder);
  const { paged, notPaged } = await pageUsers(deps, integration, { alert, users: users ?? [], onlyOnce: false });
  const all = users && users.length > 0 ? notPaged : [emptyOf(responder, users)];
  const said = sentenceFor(all).slice(0, 4000);
  if (paged > 0) return said;
  await deps.desk.note({ caller: senderBy(integration) }, { id: alert.id, note: said });
  if (!users) throw noSuchResponder(responder);
  const [first, ...others] = all;
  throw conflict('responder.unreachable', 'Nobody of the responder can be paged.', {
    extensions: { reason: others.length === 0 ? first?.reason : 'nobody' },
  });
};

/**
 * Has the responders paged that a new alert names, each person once for the alert however often the event is sent. The first team is
 * the team of the alert, which routing pages. What is unknown here, or cannot be paged, is left to routing, and the alert names it with the reason.
 */
export const pageNamed = async (
  deps: PageDeps,
  integration: StoredIntegration,
  { alert, responders }: { readonly alert: Alert; readonly responders: readonly Responder[] },
): Promise<void> => {
  const team = responders.find(({ type }) => type === 'team');
  const others = responders.filter((each) => each !== team);
  if (others.length === 0 || alert.status !== 'open') return;
  const behind = await Promise.all(
    others.map(async (responder) => ({ responder, users: await peopleBehind(deps, responder) })),
  );
  const empty = behind.filter(({ users }) => !users || users.length === 0);
  const users = behind.flatMap((each) => each.users ?? []);
  const { notPaged } = await pageUsers(deps, integration, { alert, users, onlyOnce: true });
  const all = [...empty.map((each) => emptyOf(each.responder, each.users)), ...notPaged];
  await noteNotPaged(deps, integration, alert, sentenceFor(all));
};

/** Has the alert say whom nobody could page: as an annotation, which the receipt shows, and once in the timeline. */
const noteNotPaged = async (
  { desk }: Pick<PageDeps, 'desk'>,
  integration: StoredIntegration,
  { id, annotations }: Alert,
  text: string,
): Promise<void> => {
  const said = annotationsOf({ [NOT_PAGED]: text })[NOT_PAGED];
  const isSaid = (now: Pick<Alert, 'annotations'>): boolean => now.annotations[NOT_PAGED] === said;
  if (isSaid({ annotations })) return;
  await desk.edit(
    { caller: senderBy(integration) },
    {
      id,
      correct: (now) =>
        isSaid(now)
          ? undefined
          : { set: withAnnotation(now, NOT_PAGED, text), note: said ?? 'All responders can be paged now.' },
    },
  );
};

/** The reason of a refusal to page somebody; undefined for any other error. */
const refusalIn = (error: unknown): Omit<NotPaged, 'who'> | undefined => {
  if (!(error instanceof Problem) || error.code !== 'responder.unreachable') return undefined;
  const { reason } = error.extras.extensions ?? {};
  return { why: error.message, reason: typeof reason === 'string' ? reason : 'nobody' };
};

const pageUsers = async (
  { pager, people }: PageDeps,
  integration: StoredIntegration,
  { alert, users, onlyOnce }: { readonly alert: Alert; readonly users: readonly string[]; readonly onlyOnce: boolean },
): Promise<{ readonly paged: number; readonly notPaged: readonly NotPaged[] }> => {
  const by = { caller: senderBy(integration) };
  const notPaged: NotPaged[] = [];
  let paged = 0;
  const all = [...new Set(users)];
  // One after the other: each writes a note into the timeline of the same alert.
  for (const userId of all.slice(0, MOST_PAGED)) {
    try {
      await pager.ask(by, { alert, userId, onlyOnce });
      paged += 1;
    } catch (error) {
      const refused = refusalIn(error);
      if (!refused) throw error;
      notPaged.push({ who: `user ${(await people.byId(userId))?.username ?? userId}`, ...refused });
    }
  }
  const left = all.length - MOST_PAGED;
  if (left > 0) {
    const why = `One request pages ${MOST_PAGED} people at most.`;
    notPaged.push({ who: `${left} more`, why, reason: 'nobody' });
  }
  return { paged, notPaged };
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
