import type { Clock } from '../../../shared/kernel/clock.ts';
import { memoized } from '../../../shared/kernel/memoized.ts';
import type { Person } from '../../auth/port.ts';
import type { DirectoryReader, StoredPolicy, StoredSchedule, Target } from '../../oncall/port.ts';
import type { Organisation } from './organisation.ts';
import { isTrue, listIn, pagingIn, sliceUnder, spanIn, type Query } from './paging.ts';
import { wrong } from './refusal.ts';
import { nobodyReference, policyReference, scheduleReference, userOf, userReference } from './shapes.ts';
import { policyOf, scheduleOf } from './resources.ts';

export interface OnCallDeps {
  readonly clock: Clock;
  readonly organisation: () => Organisation;
  readonly directory: Pick<DirectoryReader, 'shifts'>;
}

interface OnCall {
  readonly policy: StoredPolicy;
  readonly level: number;
  readonly schedule: StoredSchedule | null;
  readonly userId: string;
  readonly start: string | null;
  readonly end: string | null;
}

const DAY_MS = 86_400_000;
/** How far the beginning and the end of a shift are looked for beside the span that was asked for. */
const AROUND_MS = 35 * DAY_MS;
const MOST_DAYS = 92;

const second = (at: Date): number => Math.floor(at.getTime() / 1000) * 1000;

/**
 * Lists who is on call by each policy, at each level, now or within a span. A shift of a schedule has its beginning and its end; somebody whom
 * a policy names is on call for ever, and so is somebody whose shift begins or ends more than five weeks away.
 */
export const listOnCalls = async ({ clock, organisation, directory }: OnCallDeps, query: Query) => {
  const paging = pagingIn(query);
  const now = clock.now();
  const { since = now, until = since > now ? since : now } = spanIn(query);
  const span = { from: second(since), to: Math.max(second(until), second(since) + 1000) };
  if (span.to - span.from > MOST_DAYS * DAY_MS) throw wrong(`The span must be of at most ${MOST_DAYS} days.`);
  const org = organisation();
  const [policies, schedules, teams, people] = await Promise.all([
    org.policies(),
    org.schedules(),
    org.teams(),
    org.people(),
  ]);

  const shiftsOf = memoized(
    async (scheduleId: string): Promise<readonly Pick<OnCall, 'userId' | 'start' | 'end'>[]> => {
      const schedule = schedules.find(({ id }) => id === scheduleId);
      if (!schedule) return [];
      const wide = { from: span.from - AROUND_MS, to: span.to + AROUND_MS };
      return (await directory.shifts(schedule, wide))
        .filter(({ from, to }) => from < span.to && to > span.from)
        .flatMap(({ from, to, users }) =>
          users.map((userId) => ({
            userId,
            start: from === wide.from ? null : new Date(from).toISOString(),
            end: to === wide.to ? null : new Date(to).toISOString(),
          })),
        );
    },
  );

  const always = (userId: string) => ({ userId, start: null, end: null, schedule: null });
  const ofTarget = async ({ type, id }: Target): Promise<readonly Omit<OnCall, 'policy' | 'level'>[]> => {
    if (type === 'user') return [always(id)];
    if (type === 'schedule') {
      const schedule = schedules.find((each) => each.id === id) ?? null;
      return (await shiftsOf(id)).map((shift) => ({ ...shift, schedule }));
    }
    const members = type === 'team' ? (teams.find((each) => each.id === id)?.members ?? []) : [];
    return members.filter(({ role }) => role !== 'observer').map(({ userId }) => always(userId));
  };

  const [ofPolicies, ofSchedules, ofUsers] = ['escalation_policy_ids', 'schedule_ids', 'user_ids'].map(
    (name) => new Set(listIn(query, name)),
  ) as [Set<string>, Set<string>, Set<string>];
  const all: OnCall[] = [];
  for (const policy of policies) {
    if (ofPolicies.size > 0 && !ofPolicies.has(policy.id)) continue;
    for (const [i, { targets }] of policy.steps.entries()) {
      for (const each of (await Promise.all(targets.map(ofTarget))).flat()) {
        all.push({ policy, level: i + 1, ...each });
      }
    }
  }
  const wanted = all
    .filter(({ userId }) => ofUsers.size === 0 || ofUsers.has(userId))
    .filter(({ schedule }) => ofSchedules.size === 0 || (schedule !== null && ofSchedules.has(schedule.id)));
  const listed = isTrue(query, 'earliest') ? earliest(wanted) : wanted;
  const include = new Set(listIn(query, 'include'));
  const person = (id: string): Person | undefined => people.find((each) => each.id === id);
  const names = { people, schedules, teams };
  return sliceUnder(
    'oncalls',
    paging,
    listed.map(({ policy, level, schedule, userId, start, end }) => {
      const user = person(userId);
      const shownUser = user
        ? include.has('users')
          ? userOf(user, teams, [])
          : userReference(user)
        : nobodyReference(userId);
      return {
        escalation_policy: include.has('escalation_policies') ? policyOf(policy, names, []) : policyReference(policy),
        escalation_level: level,
        schedule:
          schedule &&
          (include.has('schedules') ? scheduleOf(schedule, { people, policies, teams }) : scheduleReference(schedule)),
        user: shownUser,
        start,
        end,
      };
    }),
  );
};

/** Of each policy, level and person the entry that begins first. */
const earliest = (all: readonly OnCall[]): readonly OnCall[] => {
  const first = new Map<string, OnCall>();
  for (const each of all) {
    const key = [each.policy.id, each.level, each.userId].join(' ');
    const known = first.get(key);
    if (!known || (each.start ?? '') < (known.start ?? '')) first.set(key, each);
  }
  return [...first.values()];
};
