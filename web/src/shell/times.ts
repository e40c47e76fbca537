import { LOCALE } from './locale.ts';

type At = number | string | Date;

/** A format of instants and days, by the clock of the reader unless it says otherwise. */
const format = (options: Intl.DateTimeFormatOptions, locale = LOCALE): ((at: At) => string) => {
  const formatter = new Intl.DateTimeFormat(locale, options);
  return (at) => formatter.format(new Date(at));
};

/** `1 Dec 2026, 04:15` */
export const instantWords = format({ dateStyle: 'medium', timeStyle: 'short' });
/** `1 Dec 2026, 04:15:20`, where the order of things within a minute matters. */
export const exactWords = format({ dateStyle: 'medium', timeStyle: 'medium' });
/** `04:15` */
export const hourWords = format({ hour: '2-digit', minute: '2-digit' });
/** `Tue, 1 Dec` */
export const weekdayWords = format({ weekday: 'short', day: 'numeric', month: 'short' });
/** `1 Dec`, at an axis. */
export const dayWords = format({ day: 'numeric', month: 'short' });
/** `1 Dec`, of a day that has no time zone. */
export const plainDayWords = format({ day: 'numeric', month: 'short', timeZone: 'UTC' });
/** `1 Dec 2026` */
export const dateWords = format({ day: 'numeric', month: 'short', year: 'numeric' });
/** `December 2026` */
export const monthWords = format({ month: 'long', year: 'numeric' });
/** `2026-12-01`, as the backend names a day. */
export const dayName = format({}, 'sv-SE');
/** `2026-12-01 03:15:20 UTC`, of an instant of the backend. */
export const utcWords = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const NOW_SECONDS = 45;

/** `5 minutes ago` */
export const sinceWords = (at: string, from: number): string => {
  const seconds = (Date.parse(at) - from) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['minute', 60];
  if (Math.abs(seconds) < NOW_SECONDS) return 'now';
  return relative.format(Math.round(seconds / size), unit);
};
