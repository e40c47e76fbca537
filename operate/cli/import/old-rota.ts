import { Temporal } from 'temporal-polyfill';
import type { OldOverride, OldSchedule, OldTurns, OldWindow } from './old-system.ts';

/*
 * Who is on call by the old system, as its documentation has it. This knows nothing of how Tocsin computes schedules, because the two
 * are compared: hand-offs are wall times of the zone, and each is turned into an instant by itself. A wall time that comes twice
 * counts when it comes first, and one that is left out is later by what the clocks jump over, as java.time, Ruby and Go have it.
 */

export interface Duty {
  readonly from: number;
  readonly to: number;
  readonly users: readonly string[];
}

const instantOf = (wall: Temporal.PlainDateTime, zone: string): number =>
  wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;

const wallOf = (at: number, zone: string): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();

/** The wall time at which a turn begins. */
const beginOf = ({ start, unit, every }: OldTurns, turn: number): Temporal.PlainDateTime =>
  Temporal.PlainDateTime.from(start).add({ [unit]: turn * every });

/** A turn that began before the wall time, and not long before. */
const turnBefore = (turns: OldTurns, wall: Temporal.PlainDateTime): number => {
  const largestUnit = turns.unit === 'months' ? 'month' : 'hour';
  const since = Temporal.PlainDateTime.from(turns.start).until(wall, { largestUnit });
  const units = { hours: since.hours, days: since.hours / 24, weeks: since.hours / 168, months: since.months };
  return Math.floor(units[turns.unit] / turns.every) - 1;
};

const midnight = (day: Temporal.PlainDate, time: string): Temporal.PlainDateTime =>
  time === '24:00' ? day.add({ days: 1 }).toPlainDateTime() : day.toPlainDateTime(Temporal.PlainTime.from(time));

/** The hours of a window that begin on a day, as instants. */
const hoursOn = (day: Temporal.PlainDate, window: OldWindow, zone: string): { from: number; to: number }[] => {
  if (window.type === 'daily') {
    if (!window.days.includes(day.dayOfWeek)) return [];
    const isNextDay = window.to !== '24:00' && window.to <= window.from;
    const end = midnight(isNextDay ? day.add({ days: 1 }) : day, window.to);
    return [{ from: instantOf(midnight(day, window.from), zone), to: instantOf(end, zone) }];
  }
  if (window.fromDay !== day.dayOfWeek) return [];
  const days = (window.toDay - window.fromDay + 7) % 7;
  const isNextWeek = days === 0 && window.to <= window.from;
  const end = midnight(day.add({ days: isNextWeek ? 7 : days }), window.to);
  return [{ from: instantOf(midnight(day, window.from), zone), to: instantOf(end, zone) }];
};

/** When people of these turns are on call within a span, in order. Turns without anybody are left out. */
const dutiesOf = (turns: OldTurns, zone: string, from: number, to: number): Duty[] => {
  const [first, last] = [turns.notBefore, turns.end].map((wall) =>
    wall === undefined ? undefined : instantOf(Temporal.PlainDateTime.from(wall), zone),
  );
  const count = turns.slots.length;
  const found: Duty[] = [];
  if (count === 0) return found;
  for (
    let turn = Math.max(turns.notBefore === undefined ? 0 : -Infinity, turnBefore(turns, wallOf(from, zone)));
    ;
    turn++
  ) {
    const begins = instantOf(beginOf(turns, turn), zone);
    if (begins >= to) break;
    const ends = instantOf(beginOf(turns, turn + 1), zone);
    const users = turns.slots[((turn % count) + count) % count] ?? [];
    const cut = { from: Math.max(begins, from, first ?? from), to: Math.min(ends, to, last ?? to) };
    if (cut.from < cut.to && users.length > 0) found.push(...within({ ...cut, users }, turns.windows, zone));
  }
  return found;
};

const within = (duty: Duty, windows: readonly OldWindow[], zone: string): Duty[] => {
  if (windows.length === 0) return [duty];
  const found: Duty[] = [];
  const until = wallOf(duty.to, zone).toPlainDate().add({ days: 1 });
  let day = wallOf(duty.from, zone).toPlainDate().subtract({ days: 8 });
  for (; Temporal.PlainDate.compare(day, until) <= 0; day = day.add({ days: 1 })) {
    for (const hours of windows.flatMap((window) => hoursOn(day, window, zone))) {
      const cut = { from: Math.max(hours.from, duty.from), to: Math.min(hours.to, duty.to) };
      if (cut.from < cut.to) found.push({ ...cut, users: duty.users });
    }
  }
  return found.sort((one, other) => one.from - other.from);
};

const after = (users: readonly string[], { kind, userId, insteadOf }: OldOverride): readonly string[] => {
  if (kind === 'remove') return users.filter((user) => user !== userId);
  if (kind === 'add') return [...users, userId];
  if (insteadOf === undefined) return [userId];
  return users.includes(insteadOf) ? users.map((user) => (user === insteadOf ? userId : user)) : users;
};

/** Who is on call by a schedule of the old system, from each change to the next: the whole span, sorted, without repeats. */
export const onCallBefore = (schedule: OldSchedule, from: number, to: number): Duty[] => {
  const levels = schedule.levels.map((level) => level.flatMap((turns) => dutiesOf(turns, schedule.timeZone, from, to)));
  const overrides = schedule.overrides.map((each) => ({
    override: each,
    from: Date.parse(each.from),
    to: Date.parse(each.to),
  }));
  const cuts = new Set([from, to]);
  for (const each of [...levels.flat(), ...overrides]) {
    for (const at of [each.from, each.to]) if (at > from && at < to) cuts.add(at);
  }
  const sorted = [...cuts].sort((one, other) => one - other);
  return sorted.slice(0, -1).map((at, i) => {
    const active = levels.map((level) => level.filter((duty) => duty.from <= at && at < duty.to));
    let users: readonly string[] = (active.findLast((level) => level.length > 0) ?? []).flatMap((duty) => duty.users);
    for (const each of overrides) if (each.from <= at && at < each.to) users = after(users, each.override);
    return { from: at, to: sorted[i + 1] ?? to, users: [...new Set(users)].sort() };
  });
};

/** Whether two of these turns ever have somebody at the same time, in the year that follows. */
export const overlap = (level: readonly OldTurns[], zone: string, from: number): boolean => {
  const duties = level.map((turns) => dutiesOf(turns, zone, from, from + 371 * 86_400_000));
  const all = duties.flatMap((own, i) => own.map((duty) => ({ ...duty, i }))).sort((a, b) => a.from - b.from);
  let latest = { to: -Infinity, i: -1 };
  for (const duty of all) {
    if (duty.from < latest.to && duty.i !== latest.i) return true;
    if (duty.to > latest.to) latest = duty;
  }
  return false;
};
