export const DAY_MS = 86_400_000;
/** A day may be added up once it has been over for this long. A day that has been over for half of it counts its changes. */
export const SETTLED_MS = 2 * DAY_MS;

/** The day of an instant in UTC, `2026-11-21`. */
export const dayOf = (at: string): string => at.slice(0, 10);

/** When a day ends, in milliseconds of the epoch. */
export const endOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`) + DAY_MS;
