import * as z from 'zod/mini';
import { merged, overlapMs, type Interval } from '../../../shared/calendar/interval.ts';
import type { Shift } from './render.ts';
import { windowsIn, type Restriction } from '../../../shared/calendar/restriction.ts';
import { HOUR_MS } from '../../../shared/calendar/wall-clock.ts';

/** From ten at night to six in the morning, on the clocks of the schedule's zone. */
const NIGHT: Restriction = { type: 'daily', days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '06:00' };
const WEEKEND: Restriction = { type: 'weekly', fromDay: 6, from: '00:00', toDay: 1, to: '00:00' };

/** The hours of a user within a span. */
export const Load = z
  .object({
    userId: z.string(),
    shifts: z.int(),
    hours: z.number(),
    nightHours: z.number(),
    weekendHours: z.number(),
    /** Nights of which any part is theirs. */
    nights: z.int(),
    /** Their part of all hours, 0 to 1. */
    share: z.number(),
  })
  .register(z.globalRegistry, { id: 'OnCallLoad' });
export type Load = z.infer<typeof Load>;

/**
 * How evenly hours are shared, up to 1 for equal hours: the index of Jain, Chiu and Hawe (1984) over the users who are on call.
 * Null if nobody is.
 */
export const fairnessOf = (loads: readonly Load[]): number | null => {
  const sum = loads.reduce((total, { hours }) => total + hours, 0);
  const squares = loads.reduce((total, { hours }) => total + hours ** 2, 0);
  return squares === 0 ? null : Math.round((sum ** 2 / (loads.length * squares)) * 1_000) / 1_000;
};

const hoursOf = (milliseconds: number): number => Math.round((milliseconds / HOUR_MS) * 100) / 100;

/** When nobody is on call. */
export const gapsIn = (shifts: readonly Shift[]): Interval[] =>
  shifts.filter(({ users }) => users.length === 0).map(({ from, to }) => ({ from, to }));

/** The hours of each user, the most first. */
export const loadsIn = (shifts: readonly Shift[], timeZone: string): Load[] => {
  const [first, last] = [shifts[0], shifts.at(-1)];
  if (!first || !last) return [];
  const span = { from: first.from, to: last.to };
  const nights = windowsIn([NIGHT], timeZone, span);
  const weekends = windowsIn([WEEKEND], timeZone, span);
  const loads = [...new Set(shifts.flatMap(({ users }) => users))].map((userId) => {
    const theirs = shifts.filter(({ users }) => users.includes(userId));
    const sum = (of: (shift: Shift) => number): number => theirs.reduce((total, shift) => total + of(shift), 0);
    return {
      userId,
      shifts: merged(theirs).length,
      ms: sum(({ from, to }) => to - from),
      nightHours: hoursOf(sum((shift) => overlapMs(shift, nights))),
      weekendHours: hoursOf(sum((shift) => overlapMs(shift, weekends))),
      nights: nights.filter((night) => overlapMs(night, theirs) > 0).length,
    };
  });
  const total = loads.reduce((sum, { ms }) => sum + ms, 0);
  return loads
    .sort((one, other) => other.ms - one.ms)
    .map(({ ms, ...load }) => ({ ...load, hours: hoursOf(ms), share: Math.round((ms / total) * 10_000) / 10_000 }));
};
