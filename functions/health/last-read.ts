import type { Clock } from '../../shared/kernel/clock.ts';

/**
 * Reads a value at most once in `freshMs`. While it cannot be read, the last known value stays; rejects where none is known.
 */
export const lastRead = <T>({
  clock,
  freshMs,
  read,
}: {
  readonly clock: Clock;
  readonly freshMs: number;
  readonly read: () => Promise<T>;
}) => {
  let known: { readonly at: number; readonly value: T } | undefined;
  return async (): Promise<T> => {
    const now = clock.now().getTime();
    if (known && now >= known.at && now - known.at < freshMs) return known.value;
    try {
      known = { at: now, value: await read() };
    } catch (error) {
      if (!known) throw error;
    }
    return known.value;
  };
};
