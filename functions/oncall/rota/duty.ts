import type { Interval } from '../../../shared/calendar/interval.ts';
import type { Wish } from './override.ts';
import { render, type Rota, type Shift } from './render.ts';
import { DAY_MS } from '../../../shared/calendar/wall-clock.ts';

/*
 * The coming shifts, small enough for one half-unit read (4 KB): each user once, and the hand-offs as
 * text, `seconds since the one before` and `numbers of people` in base 36: `5k.0;2s.1.3;`.
 */

/** How far shifts are worked out ahead, at most. */
const HORIZON_MS = 62 * DAY_MS;
/**
 * A read of half a unit takes 4,096 bytes; the rest of the item is short, except for its name and the users who were notified.
 */
const MOST_BYTES = 2_800;

/** The shifts of a span that begins now, as they are stored. */
export interface Hands extends Interval {
  readonly people: readonly string[];
  readonly hands: string;
}

/** The users on call at an instant, until when, and the users after them. `next` is undefined beyond the stored span. */
export interface OnDuty {
  readonly users: readonly string[];
  readonly until: number | undefined;
  readonly next: readonly string[] | undefined;
}

/** As many shifts from the first on as fit. `to` is the end of the span that they cover. */
const packed = (shifts: readonly Shift[]): Hands => {
  const first = shifts[0]?.from ?? 0;
  const numbers = new Map<string, number>();
  let [hands, bytes, before, to] = ['', 0, first, first];
  for (const { from, users, to: ends } of shifts) {
    const strangers = users.filter((user) => !numbers.has(user));
    const known = new Map([...numbers, ...strangers.map((user, i) => [user, numbers.size + i] as const)]);
    const hand = `${[(from - before) / 1000, ...users.map((user) => known.get(user) ?? 0)]
      .map((number) => number.toString(36))
      .join('.')};`;
    bytes += hand.length + strangers.reduce((sum, user) => sum + user.length + 3, 0);
    if (hands !== '' && bytes > MOST_BYTES) break;
    for (const [user, number] of known) numbers.set(user, number);
    hands += hand;
    [before, to] = [from, ends];
  }
  return { from: first, to, people: [...numbers.keys()], hands };
};

const unpacked = ({ from, to, people, hands }: Hands): Shift[] => {
  let at = from;
  const begun = hands
    .split(';')
    .slice(0, -1)
    .map((hand) => {
      const [seconds = 0, ...numbers] = hand.split('.').map((text) => Number.parseInt(text, 36));
      at += seconds * 1000;
      return { from: at, users: numbers.flatMap((number) => people[number] ?? []) };
    });
  return begun.map((shift, i) => ({ ...shift, to: begun[i + 1]?.from ?? to }));
};

/** Undefined for an instant outside the stored span. */
export const onDutyAt = (hands: Hands, at: number): OnDuty | undefined => {
  if (at < hands.from || at >= hands.to) return undefined;
  const shifts = unpacked(hands);
  const i = shifts.findIndex(({ from, to }) => from <= at && at < to);
  const [shift, next] = [shifts[i], shifts[i + 1]];
  if (!shift) return undefined;
  return { users: shift.users, until: next?.from, next: next?.users };
};

/** The coming shifts as they are stored, and when the minute tick must check them next. */
export const dutyOf = (
  rota: Rota,
  overrides: readonly Wish[],
  told: readonly string[],
  at: Date,
): Hands & { readonly told: readonly string[]; readonly dueAt: string } => {
  const from = Math.floor(at.getTime() / 1000) * 1000;
  const hands = packed(render(rota, overrides, { from, to: from + HORIZON_MS }));
  const { users = [], until = Infinity } = onDutyAt(hands, from) ?? {};
  const isTold = users.length === told.length && users.every((user) => told.includes(user));
  // The span is computed again when half of it has passed.
  const dueAt = isTold ? Math.min(until, from + (hands.to - from) / 2) : from;
  return { ...hands, told, dueAt: new Date(dueAt).toISOString() };
};
