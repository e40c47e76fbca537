import type { Api } from '../api.ts';
import { onCallBefore, type Duty } from './old-rota.ts';
import type { OldSchedule } from './old-system.ts';
import type { Translation } from './translate.ts';

/** Who is on call in both systems from one change to the next; people by their user names here. */
export interface Compared {
  readonly from: number;
  readonly to: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface Comparison {
  readonly schedule: string;
  /** What it became; none where it was not taken over. */
  readonly became: readonly string[];
  readonly spans: readonly Compared[];
  readonly differences: readonly (Compared & { readonly why: string })[];
  readonly hours: number;
  readonly hoursThatDiffer: number;
  /** Whether the old system itself said who is on call, or it was computed from its rotations. */
  readonly isTold: boolean;
}

const HOUR_MS = 3_600_000;
const isSame = ({ before, after }: Pick<Compared, 'before' | 'after'>): boolean =>
  before.join('\n') === after.join('\n');

interface Shifts {
  readonly shifts: readonly { readonly from: string; readonly to: string; readonly users: readonly string[] }[];
}

/** Compares each schedule of the old system with what it became, as the API answers it, over a span. */
export const compare = async (
  api: Api,
  translation: Pick<Translation, 'zoned' | 'schedules' | 'usernames'>,
  ids: ReadonlyMap<string, string>,
  usernames: ReadonlyMap<string, string>,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Comparison[]> => {
  const found: Comparison[] = [];
  for (const schedule of translation.zoned) {
    const became = translation.schedules.get(schedule.id) ?? [];
    const parts = became.flatMap((name) => ids.get(name) ?? []);
    const span = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    const answers = await Promise.all(
      parts.map((id) => api.call<Shifts>('GET', `/api/oncall/schedules/${id}/shifts?${span}`)),
    );
    const after = answers.flatMap(({ shifts }) =>
      shifts.map((shift) => ({
        from: Date.parse(shift.from),
        to: Date.parse(shift.to),
        users: shift.users.map((id) => usernames.get(id) ?? id),
      })),
    );
    found.push(
      comparisonOf(
        schedule,
        became.filter((name) => ids.has(name)),
        after,
        translation.usernames,
        { from, to },
      ),
    );
  }
  return found;
};

/** The comparison of one schedule. `after` are the shifts of all schedules that it became. */
export const comparisonOf = (
  schedule: OldSchedule,
  became: readonly string[],
  after: readonly Duty[],
  usernames: ReadonlyMap<string, string>,
  { from, to }: { readonly from: number; readonly to: number },
): Comparison => {
  const told = schedule.told?.filter((each) => each.from < to && each.to > from);
  // What it says counts where it says it of the whole span.
  const isTold = told !== undefined && told.some((each) => each.from <= from) && told.some((each) => each.to >= to);
  const before = isTold
    ? told.map((each) => ({ from: each.from, to: each.to, users: [each.userId] }))
    : onCallBefore(schedule, from, to);
  const cuts = [...new Set([from, to, ...[...before, ...after].flatMap((each) => [each.from, each.to])])]
    .filter((at) => at >= from && at <= to)
    .sort((one, other) => one - other);
  const at = (duties: readonly Duty[], instant: number): string[] => [
    ...new Set(duties.filter((each) => each.from <= instant && instant < each.to).flatMap(({ users }) => users)),
  ];
  const spans: Compared[] = [];
  for (const [i, start] of cuts.slice(0, -1).entries()) {
    const span = {
      from: start,
      to: cuts[i + 1] ?? to,
      before: at(before, start)
        .map((id) => usernames.get(id) ?? `${id} (unknown)`)
        .sort(),
      after: at(after, start).sort(),
    };
    const last = spans.at(-1);
    if (last && last.before.join() === span.before.join() && last.after.join() === span.after.join())
      spans[spans.length - 1] = { ...last, to: span.to };
    else spans.push(span);
  }
  const differences = spans.filter((span) => !isSame(span)).map((span) => ({ ...span, why: whyOf(span, became) }));
  const hours = Math.ceil((to - from) / HOUR_MS);
  const differing = new Set(
    differences.flatMap((each) => {
      const first = Math.floor((each.from - from) / HOUR_MS);
      const end = Math.ceil((each.to - from) / HOUR_MS);
      return Array.from({ length: end - first }, (_, i) => first + i);
    }),
  );
  return { schedule: schedule.name, became, spans, differences, hours, hoursThatDiffer: differing.size, isTold };
};

const whyOf = ({ before, after }: Compared, became: readonly string[]): string => {
  if (became.length === 0) return 'the schedule was not taken over';
  if (before.length === 0) return 'in the old system nobody was on call in this turn';
  if (before.some((name) => name.endsWith('(unknown)'))) return 'a person who is not among the users';
  if (after.length === 0) return 'nobody is on call here: the rotation or its hours were changed';
  return 'an override or a change that only one of them has, or a hand-off that the table above names';
};

/** Who is on call at the beginning of each hour. */
export const hourly = ({ spans }: Pick<Comparison, 'spans'>, from: number, to: number): Compared[] => {
  const found: Compared[] = [];
  for (let at = from; at < to; at += HOUR_MS) {
    const span = spans.find((each) => each.from <= at && at < each.to);
    if (span) found.push({ ...span, from: at, to: Math.min(to, at + HOUR_MS) });
  }
  return found;
};
