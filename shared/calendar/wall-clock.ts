import * as PlainDateTime from 'temporal-polyfill/fns/PlainDateTime';
import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime';

/*
 * Schedules are kept by a wall clock that never goes back. While the clocks of a zone repeat an hour it stands still, so a
 * time that comes twice counts when it comes first; a time that is left out counts as the clocks jump over it. So each
 * wall time is one instant, later times are never earlier instants, and what meets on the wall meets in time: neither
 * gap nor overlap comes of a change of clocks.
 */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const NS_PER_MS = 1_000_000n;

/** What the clocks of a zone show at an instant: milliseconds since 1970 as if they stood in UTC. */
export const wallAt = (at: number, timeZone: string): number =>
  at + ZonedDateTime.offsetNanoseconds(ZonedDateTime.create(BigInt(at) * NS_PER_MS, timeZone)) / 1_000_000;

/** The first instant at which the clocks of a zone have come as far as `wall`; milliseconds since 1970. */
export const instantOf = (wall: number, timeZone: string): number => {
  const date = new Date(wall);
  const local = PlainDateTime.create(
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  );
  const first = PlainDateTime.toZonedDateTime(local, timeZone, { disambiguation: 'earlier' });
  const at = Number(first.epochNanoseconds / NS_PER_MS);
  if (wallAt(at, timeZone) === wall) return at;
  const jump = ZonedDateTime.getTimeZoneTransition(first, 'next');
  return jump === null ? at : Number(jump.epochNanoseconds / NS_PER_MS);
};
