import { unavailable, type Problem } from './errors.ts';

/** What an attempt answers when another writer was faster: nothing of it is written. */
export const OVERTAKEN = Symbol('overtaken');

/**
 * Each attempt that is overtaken means that the write of another is stored. So this many callers at once all succeed, without a
 * pause between attempts, which a function would pay for.
 */
const MOST_ATTEMPTS = 40;

/** The refusal of a write that others overtook all the time. The same request may succeed a moment later. */
export const contended = (): Problem =>
  unavailable(
    'store.contended',
    'Too many requests change the same thing at once. Try again after the seconds in Retry-After.',
    { retryAfterSeconds: 1 },
  );

/** Reads, decides and writes again until no other writer was faster. Then throws `store.contended`, or what `refusal` makes. */
export const untilWritten = async <T>(
  attempt: () => Promise<T | typeof OVERTAKEN>,
  refusal: () => Error = contended,
): Promise<T> => {
  for (let i = 0; i < MOST_ATTEMPTS; i++) {
    const result = await attempt();
    if (result !== OVERTAKEN) return result;
  }
  throw refusal();
};
