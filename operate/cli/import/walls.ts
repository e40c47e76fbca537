import { Temporal } from 'temporal-polyfill';
import { zoneOf, type Zones } from './zones.ts';

/** What the clocks of a zone show at an instant: `2026-01-05T09:00:00`. A text without an offset is on the wall already. */
export const wallAt = (instant: string, zone: string, chosen: Zones): string => {
  if (!/(?:Z|[+-]\d\d:?\d\d)$/i.test(instant))
    return Temporal.PlainDateTime.from(instant).toString({ smallestUnit: 'second' });
  const at = Temporal.Instant.fromEpochMilliseconds(Date.parse(instant));
  return at.toZonedDateTimeISO(zoneOf(zone, chosen).zone).toPlainDateTime().toString({ smallestUnit: 'second' });
};

/** The instant at which the clocks of a zone show a time; a text with an offset is an instant already. */
export const instantAt = (wall: string, zone: string, chosen: Zones): number =>
  /(?:Z|[+-]\d\d:?\d\d)$/i.test(wall)
    ? Date.parse(wall)
    : Temporal.PlainDateTime.from(wall).toZonedDateTime(zoneOf(zone, chosen).zone).epochMilliseconds;

/** `8` and `5` as `08:05`. */
export const timeOf = (hour: number, minute: number): string =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;

/** The time on the wall so many seconds after another of the day, and how many days later that is. */
export const later = (time: string, seconds: number): { readonly time: string; readonly days: number } => {
  const start = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  const end = start + Math.round(seconds / 60);
  return { time: timeOf(Math.floor(end / 60) % 24, end % 60), days: Math.floor(end / 1_440) };
};
