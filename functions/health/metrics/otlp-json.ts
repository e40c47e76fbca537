/*
 * Values as proto3 writes them in JSON: what has its default may be left out or null, 64-bit numbers are strings, any number may be
 * one, and so are NaN and infinities. https://protobuf.dev/programming-guides/json/
 */

export type Json = Readonly<Record<string, unknown>>;

export const objectIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Undefined where nothing is there; NaN for what is there and is no number. */
export const numberIn = (value: unknown): number | undefined => {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
};

/** A count, 0 where it is left out; undefined for what is none. */
export const counted = (value: unknown): number | undefined => {
  const count = numberIn(value) ?? 0;
  return Number.isInteger(count) && count >= 0 && count <= 2 ** 64 ? count : undefined;
};

/** A whole number, 0 where it is left out; undefined for what is none. */
export const wholeIn = (value: unknown): number | undefined => {
  const whole = numberIn(value) ?? 0;
  return Number.isSafeInteger(whole) ? whole : undefined;
};

const MS = 1_000_000;
/** The last instant that a `Date` knows. */
const LAST_MS = 8.64e15;

/** Nanoseconds since 1970, as a date; `now` where they are left out or 0, undefined where they are none. */
export const instantIn = (value: unknown, now: Date): Date | undefined => {
  const nanoseconds = numberIn(value) ?? 0;
  if (nanoseconds === 0) return now;
  const ms = Math.floor(nanoseconds / MS);
  return Number.isInteger(nanoseconds) && nanoseconds > 0 && ms <= LAST_MS ? new Date(ms) : undefined;
};

/** Data points of a metric, whatever its kind. */
export const pointCountOf = (metric: Json): number =>
  Object.values(metric).reduce<number>((sum, holder) => sum + listIn(objectIn(holder)['dataPoints']).length, 0);
