export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const DAY_SECONDS = DAY_MS / 1000;

/** Rounded to a tenth, as durations are answered. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;
