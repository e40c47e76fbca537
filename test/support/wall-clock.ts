/*
 * What a person would do with a clock on the wall and a calendar: look each minute. It shares nothing with the code under
 * test: the clock is Node's own `Intl`.
 */
import type { Wish } from '../../functions/oncall/rota/override.ts';
import type { Rota } from '../../functions/oncall/rota/render.ts';
import type { Restriction } from '../../shared/calendar/restriction.ts';

export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const QUARTER = 15 * MINUTE;
const zones = new Map<string, { readonly format: Intl.DateTimeFormat; quarter: number; shown: number }>();

/** What the clocks show, as if they stood in UTC. They run between quarters of an hour, at which alone they are changed. */
export const shown = (at: number, timeZone: string): number => {
  let zone = zones.get(timeZone);
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US-u-hc-h23', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    zone = { format, quarter: Number.NaN, shown: Number.NaN };
    zones.set(timeZone, zone);
  }
  const quarter = Math.floor(at / QUARTER) * QUARTER;
  if (quarter !== zone.quarter) {
    const [, month, day, year, hour, minute, second] =
      /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/.exec(zone.format.format(quarter)) ?? [];
    zone.shown = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    zone.quarter = quarter;
  }
  return zone.shown + at - quarter;
};

const clock = (time: string): number => Number(time.slice(0, 2)) * HOUR + Number(time.slice(3)) * MINUTE;
const length = ({ type, ...rotation }: Rota['layers'][number]['rotation']): number => {
  if (type === 'daily') return DAY;
  if (type === 'weekly') return 7 * DAY;
  const { unit, every } = rotation as { unit: 'hours' | 'days' | 'weeks'; every: number };
  return every * { hours: HOUR, days: DAY, weeks: 7 * DAY }[unit];
};

/** Which turn goes on where the clock on the wall has come as far as `wall`. */
const turnAt = (wall: number, { rotation, start, handOff }: Rota['layers'][number]): number => {
  const first = Date.parse(`${start}T00:00:00Z`) + clock(handOff);
  if (rotation.type !== 'monthly') return Math.floor((wall - first) / length(rotation));
  const [from, now] = [new Date(first), new Date(wall)];
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const days = (Date.UTC(year, month + 1, 1) - Date.UTC(year, month, 1)) / DAY;
  const handed = Date.UTC(year, month, Math.min(Number(start.slice(8)), days)) + clock(handOff);
  const months = (year - from.getUTCFullYear()) * 12 + month - from.getUTCMonth();
  return wall >= handed ? months : months - 1;
};

const counts = (restriction: Restriction, wall: number): boolean => {
  const inWeek = (wall + 3 * DAY) % (7 * DAY);
  const [day, time] = [Math.floor(inWeek / DAY), inWeek % DAY];
  const [from, to] = [clock(restriction.from), clock(restriction.to)];
  if (restriction.type === 'daily') {
    const on = (which: number): boolean => restriction.days.includes(((which + 7) % 7) + 1);
    if (from < to) return on(day) && from <= time && time < to;
    return (on(day) && from <= time) || (on(day - 1) && time < to);
  }
  const [start, end] = [(restriction.fromDay - 1) * DAY + from, (restriction.toDay - 1) * DAY + to];
  return start < end ? (start <= inWeek && inWeek < end) || inWeek + 7 * DAY < end : start <= inWeek || inWeek < end;
};

/** Who is on call, where the clock on the wall has come as far as `wall`. */
const onCallBy = (wall: number, { layers }: Rota): string[] => {
  let found: string[] = [];
  for (const layer of layers) {
    const start = Date.parse(`${layer.start}T00:00:00Z`) + clock(layer.handOff);
    const end = layer.end === null ? Infinity : Date.parse(`${layer.end}T00:00:00Z`) + clock(layer.handOff);
    if (wall < start || wall >= end) continue;
    if (layer.restrictions.length > 0 && !layer.restrictions.some((each) => counts(each, wall))) continue;
    found = [layer.users[turnAt(wall, layer) % layer.users.length] ?? ''];
  }
  return found;
};

/** Who is on call at each minute of a span, by looking at the clock each minute; it is never put back. */
export const eachMinute = function* (
  rota: Rota,
  wishes: readonly Wish[],
  from: number,
  to: number,
): Generator<{ readonly at: number; readonly users: readonly string[] }> {
  let furthest = -Infinity;
  for (let at = from - 4 * HOUR; at < to; at += MINUTE) {
    furthest = Math.max(furthest, shown(at, rota.timeZone));
    if (at < from) continue;
    let users = onCallBy(furthest, rota);
    for (const { kind, userId, insteadOf, from: begins, to: ends } of wishes) {
      if (at < Date.parse(begins) || at >= Date.parse(ends)) continue;
      if (kind === 'add' && !users.includes(userId)) users = [...users, userId];
      if (kind === 'remove') users = users.filter((user) => user !== userId);
      if (kind === 'replace' && insteadOf === null) users = [userId];
      if (kind === 'replace' && insteadOf !== null && users.includes(insteadOf)) {
        users = users.includes(userId)
          ? users.map((user) => (user === insteadOf ? userId : user)).filter((user, i, all) => all.indexOf(user) === i)
          : users.map((user) => (user === insteadOf ? userId : user));
      }
    }
    yield { at, users };
  }
};

/** The minutes of some years at which the clocks of a zone are changed. */
export const changesOf = (timeZone: string, from: number, to: number): number[] => {
  const offset = (at: number): number => shown(at, timeZone) - at;
  const found: number[] = [];
  for (let day = from; day < to; day += DAY) {
    if (offset(day) === offset(day + DAY)) continue;
    let [before, after] = [day, day + DAY];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
};
