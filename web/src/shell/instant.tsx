import { useSyncExternalStore } from 'react';
import { clock } from '../session/clock.ts';

const EVERY_MS = 10_000;
const listeners = new Set<() => void>();
let now = clock.now();
const move = (): void => {
  now = clock.now();
  for (const listener of listeners) listener();
};
setInterval(move, EVERY_MS);
clock.subscribe(move);
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** The time, which moves every ten seconds. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** Whether something that was read at `readAt`, by the clock of this device, was read longer ago than that. */
export const useIsOlder = (readAt: number, ms: number): boolean => useNow() - clock.behindMs() - readAt > ms;

const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const sinceWords = (at: string, from: number): string => {
  const seconds = (Date.parse(at) - from) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['minute', 60];
  if (Math.abs(seconds) < 45) return 'now';
  return relative.format(Math.round(seconds / size), unit);
};

export const localTime = (at: string): string => local.format(new Date(at));
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const utcTime = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

/** An instant in the time of the reader. UTC appears on hover. `ago` says how long ago it was instead. */
interface InstantProps {
  readonly at: string;
  readonly ago?: boolean;
  /** Where the order of things within a minute matters. */
  readonly seconds?: boolean;
}

export const Instant = ({ at, ago = false, seconds = false }: InstantProps) => {
  const current = useNow();
  return (
    <time dateTime={at} title={ago ? `${localTime(at)} (${utcTime(at)})` : utcTime(at)}>
      {ago ? sinceWords(at, current) : seconds ? exact.format(new Date(at)) : localTime(at)}
    </time>
  );
};
