import type { Interval } from '../../../shared/calendar/interval.ts';
import { minutesOf, windowsIn } from '../../../shared/calendar/restriction.ts';
import { turnMs, type Layer } from './schedule.ts';
import { instantOf, MINUTE_MS, wallAt } from '../../../shared/calendar/wall-clock.ts';

/** When one person is on call. */
export interface Turn extends Interval {
  readonly userId: string;
}

const wallOf = (date: string, time: string): number => Date.parse(`${date}T00:00Z`) + minutesOf(time) * MINUTE_MS;

/** The turns of a layer within a span, without its restrictions; in order. */
const rotationIn = (layer: Layer, timeZone: string, span: Interval): Turn[] => {
  const start = wallOf(layer.start, layer.handOff);
  const length = turnMs(layer.rotation);
  const to = layer.end === null ? span.to : Math.min(span.to, instantOf(wallOf(layer.end, layer.handOff), timeZone));
  const turns: Turn[] = [];
  let turn = Math.max(0, Math.floor((wallAt(span.from, timeZone) - start) / length) - 1);
  let begins = instantOf(start + turn * length, timeZone);
  while (begins < to) {
    const ends = instantOf(start + (turn + 1) * length, timeZone);
    const from = Math.max(begins, span.from);
    const userId = layer.users[turn % layer.users.length];
    if (userId !== undefined && from < Math.min(ends, to)) turns.push({ from, to: Math.min(ends, to), userId });
    begins = ends;
    turn++;
  }
  return turns;
};

/** Who of a layer is on call when, within a span; in order and apart. */
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
