import { ICalCalendar, ICalEventTransparency } from 'ical-generator';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Shift } from './render.ts';

/** How often calendars should refresh. */
const REFRESH_SECONDS = 3600;

/** A name as a TEXT of RFC 5545, section 3.3.11, on one line: the library escapes those of events, and of the calendar not. */
const textOf = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .replace(/[\\;,]/g, '\\$&');

/**
 * Shifts as an iCalendar feed (RFC 5545): an event each, in UTC, that leaves a person's day free for other things. The same
 * shift keeps its UID, so calendars change or remove the events that they showed before. The text depends on its input only.
 */
export const calendarOf = (
  { scheduleId, name, changedAt }: { readonly scheduleId: string; readonly name: string; readonly changedAt: Date },
  shifts: readonly Shift[],
  /** Names of users by their ids. A user without a name appears by id. */
  names: ReadonlyMap<string, string>,
): string => {
  const calendar = new ICalCalendar({
    name: textOf(`On call: ${name}`),
    prodId: { company: 'Tocsin', product: 'on-call', language: 'EN' },
    ttl: REFRESH_SECONDS,
  });
  for (const { from, to, users } of shifts) {
    if (users.length === 0) continue;
    calendar.createEvent({
      id: `${sha256(scheduleId, String(from), ...users).slice(0, 32)}@tocsin`,
      start: new Date(from),
      end: new Date(to),
      stamp: changedAt,
      summary: `On call: ${name} (${users.map((user) => names.get(user) ?? user).join(', ')})`,
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  return calendar.toString();
};
