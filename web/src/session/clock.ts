/*
 * The time by the clock of Tocsin. That of a device may be an hour wrong, and ages, spans and defaults of forms would be wrong with it. Each
 * answer of the API says what time it is.
 */

/** Within this, the clock of the device counts: an answer says the second only, and takes a while. */
const TOLERANCE_MS = 60_000;
/** A measurement that differs less from the one before changes nothing. */
const JITTER_MS = 5_000;
const listeners = new Set<() => void>();
let behindMs = 0;

/** Takes the time that an answer of the API states. */
export const hearTime = ({ headers }: Response): void => {
  const stated = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(stated) || headers.get('cache-control') !== 'no-store') return;
  const measured = stated + 500 - Date.now();
  const next = Math.abs(measured) < TOLERANCE_MS ? 0 : measured;
  if (next === behindMs || (next !== 0 && Math.abs(next - behindMs) < JITTER_MS)) return;
  behindMs = next;
  for (const listener of listeners) listener();
};

export const clock = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  now: (): number => Date.now() + behindMs,
  /** How far the clock of this device is behind; negative where it is ahead, 0 where it is right. */
  behindMs: (): number => behindMs,
};
