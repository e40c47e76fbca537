import { Temporal } from 'temporal-polyfill';

export const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type PeriodName = (typeof PERIODS)[number];

/** From its first instant to the first after it, in epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const MONTHS: Readonly<Partial<Record<PeriodName, number>>> = { month: 1, quarter: 3, year: 12 };

const firstDay = (period: PeriodName, day: Temporal.PlainDate): Temporal.PlainDate => {
  if (period === 'day') return day;
  // Weeks begin on Mondays (ISO 8601).
  if (period === 'week') return day.subtract({ days: day.dayOfWeek - 1 });
  const months = MONTHS[period] ?? 1;
  return day.with({ day: 1, month: day.month - ((day.month - 1) % months) });
};

const moved = (period: PeriodName, day: Temporal.PlainDate, by: number): Temporal.PlainDate => {
  const months = MONTHS[period];
  return months === undefined ? day.add({ days: by * (period === 'week' ? 7 : 1) }) : day.add({ months: by * months });
};

/** The day that it is at an instant in a zone, as `2026-11-21`. */
export const dayAt = (at: Date, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();

/** Whether a text is a day of the calendar, such as `2026-02-28`. */
export const isDay = (text: string): boolean => {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
};

/**
 * The period of a day and those before it, `count` in all, oldest first. A period begins where the first day of it
 * begins in the zone, so that a day has 23 or 25 hours where clocks are changed.
 */
export const periodsUntil = (period: PeriodName, day: string, timeZone: string, count: number): Span[] => {
  const last = firstDay(period, Temporal.PlainDate.from(day));
  const startOf = (date: Temporal.PlainDate): number => date.toZonedDateTime(timeZone).epochMilliseconds;
  return Array.from({ length: count }, (_, i) => {
    const first = moved(period, last, i + 1 - count);
    return { from: startOf(first), to: startOf(moved(period, first, 1)) };
  });
};
