import type { Interval } from '../../../shared/calendar/interval.ts';
import { minutesOf, windowsIn } from '../../../shared/calendar/restriction.ts';
import { turnMs, type Layer } from './schedule.ts';
import { instantOf, MINUTE_MS, wallAt } from '../../../shared/calendar/wall-clock.ts';

/** When one person is on call. */
export interface Turn extends Interval {
  readonly userId: string;
}

const wallOf = (date: string, time: string): number => Date.parse(`${date}T00:00Z`) + minutesOf(time) * MINUTE_MS;

/** Midnight of the day, in the month that lies so many after that of `date`, which has its number, or the last of it. */
const dayInMonth = (date: string, months: number): number => {
  const first = new Date(`${date}T00:00Z`);
  const [year, month] = [first.getUTCFullYear(), first.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(first.getUTCDate(), lastDay));
};

const monthsBetween = (date: string, wall: number): number => {
  const [from, to] = [new Date(`${date}T00:00Z`), new Date(wall)];
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
};

/** When each turn of a layer begins on the wall, and which one, or one before it, goes on at a time on the wall. */
const turnsOf = ({ rotation, start, handOff }: Layer) => {
  if (rotation.type === 'monthly') {
    return {
      beginOf: (turn: number): number => dayInMonth(start, turn) + minutesOf(handOff) * MINUTE_MS,
      before: (wall: number): number => monthsBetween(start, wall) - 1,
    };
  }
  const [first, length] = [wallOf(start, handOff), turnMs(rotation)];
  return {
    beginOf: (turn: number): number => first + turn * length,
    before: (wall: number): number => Math.floor((wall - first) / length) - 1,
  };
};

/** The turns of a layer within a span, without its restrictions; in order. */
const rotationIn = (layer: Layer, timeZone: string, span: Interval): Turn[] => {
  const { beginOf, before } = turnsOf(layer);
  const to = layer.end === null ? span.to : Math.min(span.to, instantOf(wallOf(layer.end, layer.handOff), timeZone));
  const turns: Turn[] = [];
  let turn = Math.max(0, before(wallAt(span.from, timeZone)));
  let begins = instantOf(beginOf(turn), timeZone);
  while (begins < to) {
    const ends = instantOf(beginOf(turn + 1), timeZone);
    const from = Math.max(begins, span.from);
    const userId = layer.users[turn % layer.users.length];
    if (userId !== undefined && from < Math.min(ends, to)) turns.push({ from, to: Math.min(ends, to), userId });
    begins = ends;
    turn++;
  }
  return turns;
};

/** The shifts of a layer within a span, in order and without overlaps. */
export const turnsIn = (layer: Layer, timeZone: string, span: Interval): Turn[] => {
  const windows = windowsIn(layer.restrictions, timeZone, span);
  const found: Turn[] = [];
  let next = 0;
  for (const turn of rotationIn(layer, timeZone, span)) {
    while ((windows[next]?.to ?? Infinity) <= turn.from) next++;
    for (let i = next; (windows[i]?.from ?? Infinity) < turn.to; i++) {
      const window = windows[i] as Interval;
      found.push({
        userId: turn.userId,
        from: Math.max(turn.from, window.from),
        to: Math.min(turn.to, window.to),
      });
    }
  }
  return found;
};
