import type { Interval } from '../../../shared/calendar/interval.ts';
import { asMade, overridden, type Wish } from './override.ts';
import type { CreateSchedule } from './schedule.ts';
import { turnsIn, type Turn } from './turns.ts';

/** The users on call from one hand-off to the next; none in a gap. */
export interface Shift extends Interval {
  readonly users: readonly string[];
}

export type Rota = Pick<CreateSchedule, 'timeZone' | 'layers'>;

const sameUsers = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((user, i) => user === other[i]);

/**
 * The users on call within a span: all of it, in order, without overlap. The last layer that has somebody counts. Overrides
 * apply after that, in the order in which they were made.
 */
export const render = ({ timeZone, layers }: Rota, overrides: readonly Wish[], span: Interval): Shift[] => {
  const turns = layers.map((layer) => turnsIn(layer, timeZone, span)).reverse();
  const wishes = overrides
    .map((wish) => ({ wish, from: Date.parse(wish.from), to: Date.parse(wish.to) }))
    .filter(({ from, to }) => from < span.to && to > span.from)
    .sort(({ wish: one }, { wish: other }) => asMade(one, other));
  const cuts = new Set([span.from, span.to]);
  for (const { from, to } of [...turns.flat(), ...wishes]) {
    cuts.add(Math.max(from, span.from));
    cuts.add(Math.min(to, span.to));
  }
  const sorted = [...cuts].sort((one, other) => one - other);
  const positions = turns.map(() => 0);
  const shifts: Shift[] = [];
  for (const [i, from] of sorted.slice(0, -1).entries()) {
    const to = sorted[i + 1] as number;
    let users: readonly string[] = [firstOf(turns, positions, from)].flat();
    for (const each of wishes) if (each.from <= from && from < each.to) users = overridden(users, each.wish);
    const last = shifts.at(-1);
    if (last && sameUsers(last.users, users)) shifts[shifts.length - 1] = { ...last, to };
    else shifts.push({ from, to, users });
  }
  return shifts;
};

/** The users on call in the first layer that has any. It moves `positions` on, because time only goes forward. */
const firstOf = (turns: readonly (readonly Turn[])[], positions: number[], at: number): string | [] => {
  for (const [layer, of] of turns.entries()) {
    let position = positions[layer] ?? 0;
    while ((of[position]?.to ?? Infinity) <= at) position++;
    positions[layer] = position;
    const turn = of[position];
    if (turn && turn.from <= at) return turn.userId;
  }
  return [];
};
