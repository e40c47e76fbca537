import * as z from 'zod/mini';
import { merged, type Interval } from './interval.ts';
import { DAY_MS, instantOf, MINUTE_MS, wallAt } from './wall-clock.ts';

/** `08:00`, on the clocks of the schedule's zone. */
export const TimeOfDay = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 08:00'));
const EndOfWindow = z.string().check(z.regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time such as 18:00'));

/** 1 is Monday, 7 is Sunday (ISO 8601). */
const Weekday = z.int().check(z.gte(1), z.lte(7));

/** Each day, or on some days of the week. An end that is not after the start is on the next day. */
const DailyWindow = z.strictObject({
  type: z.literal('daily'),
  days: z._default(z.array(Weekday).check(z.minLength(1), z.maxLength(7)), [1, 2, 3, 4, 5, 6, 7]),
  from: TimeOfDay,
  to: EndOfWindow,
});

/** Once a week, such as Friday 17:00 to Monday 09:00. */
const WeeklyWindow = z.strictObject({
  type: z.literal('weekly'),
  fromDay: Weekday,
  from: TimeOfDay,
  toDay: Weekday,
  to: EndOfWindow,
});

/** Hours of the day or the week. */
export const Restriction = z.discriminatedUnion('type', [DailyWindow, WeeklyWindow]);
export type Restriction = z.infer<typeof Restriction>;

const WEEK_DAYS = 7;

export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** The day of the week of a day, counted since 1970-01-01, which was a Thursday. */
const weekdayOf = (day: number): number => ((((day + 3) % WEEK_DAYS) + WEEK_DAYS) % WEEK_DAYS) + 1;

/** How long a window lasts on the wall, in minutes, where it begins on this day of the week; undefined where it does not. */
const minutesFrom = (weekday: number, restriction: Restriction): number | undefined => {
  const length = minutesOf(restriction.to) - minutesOf(restriction.from);
  if (restriction.type === 'daily') {
    if (!restriction.days.includes(weekday)) return undefined;
    return length > 0 ? length : length + 24 * 60;
  }
  if (restriction.fromDay !== weekday) return undefined;
  const days = (restriction.toDay - restriction.fromDay + WEEK_DAYS) % WEEK_DAYS;
  const whole = days * 24 * 60 + length;
  return whole > 0 ? whole : whole + WEEK_DAYS * 24 * 60;
};

/** When, within a span, the hours are that restrictions leave; in order and apart. No restriction leaves all of it. */
export const windowsIn = (
  restrictions: readonly Restriction[],
  timeZone: string,
  { from, to }: Interval,
): Interval[] => {
  if (restrictions.length === 0) return [{ from, to }];
  const wallFrom = wallAt(from, timeZone);
  const firstDay = Math.floor(wallFrom / DAY_MS) - WEEK_DAYS - 1;
  const lastDay = Math.floor(wallAt(to, timeZone) / DAY_MS) + 1;
  const found: Interval[] = [];
  for (let day = firstDay; day <= lastDay; day++) {
    for (const restriction of restrictions) {
      const minutes = minutesFrom(weekdayOf(day), restriction);
      if (minutes === undefined) continue;
      const start = day * DAY_MS + minutesOf(restriction.from) * MINUTE_MS;
      const end = start + minutes * MINUTE_MS;
      // Half a day is more than any clock differs from itself.
      if (end < wallFrom - DAY_MS / 2) continue;
      found.push({
        from: Math.max(from, instantOf(start, timeZone)),
        to: Math.min(to, instantOf(end, timeZone)),
      });
    }
  }
  return merged(found);
};
