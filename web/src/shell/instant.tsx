import { useSyncExternalStore } from 'react';
import { clock } from '../session/clock.ts';
import { exactWords, instantWords, sinceWords, utcWords } from './times.ts';

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
    <time dateTime={at} title={ago ? `${instantWords(at)} (${utcWords(at)})` : utcWords(at)}>
      {ago ? sinceWords(at, current) : seconds ? exactWords(at) : instantWords(at)}
    </time>
  );
};
