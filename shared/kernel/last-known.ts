import type { Clock } from './clock.ts';

/** A value and when it was true, in milliseconds of the epoch. */
export interface Known<T> {
  readonly at: number;
  readonly value: T;
}

export interface LastKnownOptions<T> {
  readonly clock: Clock;
  /** So long a value is answered without a look. */
  readonly freshMs: number;
  /** Where a value is known that may still be believed, a look that takes longer than this is not waited for. */
  readonly patienceMs?: number;
  /** A second place to ask where the first cannot be read and nothing is remembered. Never rejects. */
  readonly standby?: (key: string) => Promise<Known<NonNullable<T>> | undefined>;
}

/** While a source cannot be read, what was read of it this recently is believed. */
export const BELIEVED_MS = 60 * 60_000;

/** After a failed look the next ones are spared for this long where there is something to believe. */
const SPARE_MS = 1500;
const PATIENCE_MS = 1000;
const MAX_REMEMBERED = 1_000;

/**
 * Reads through a memory: `(key, read, maxAgeMs?) => value`. What was read is answered for `freshMs`, also that there is
 * nothing. Where a look fails or takes too long, the value that was read last is answered for an hour, or that of the
 * standby; that there was nothing is never believed. Rejects with the error of the look where nothing can be believed.
 */
export const lastKnown = <T>({
  clock,
  freshMs,
  patienceMs = PATIENCE_MS,
  standby = async () => undefined,
}: LastKnownOptions<T>) => {
  const memory = new Map<string, Known<T>>();
  let spareUntil = 0;

  /** Forgets names of nothing first, so that made-up names drive out nobody who is known; then what is remembered longest. */
  const makeRoom = (): void => {
    const [oldest] = memory.keys();
    const victim = [...memory].find(([, { value }]) => value === undefined)?.[0] ?? oldest;
    if (victim !== undefined) memory.delete(victim);
  };

  const remember = (key: string, known: Known<T>): void => {
    if (memory.size >= MAX_REMEMBERED && !memory.has(key)) makeRoom();
    memory.set(key, known);
  };

  const isBelieved = (known: Known<T> | undefined, now: number): known is Known<T> =>
    known !== undefined && known.value !== undefined && now - known.at < BELIEVED_MS;

  const fallback = async (key: string): Promise<Known<T> | undefined> => {
    const remembered = memory.get(key);
    if (isBelieved(remembered, clock.now().getTime())) return remembered;
    const other = await standby(key);
    return isBelieved(other, clock.now().getTime()) ? other : undefined;
  };

  const read = async (key: string, ask: () => Promise<T>, maxAgeMs = freshMs): Promise<T> => {
    const now = clock.now().getTime();
    const known = memory.get(key);
    if (known && now - known.at < maxAgeMs) return known.value;
    if (now < spareUntil) {
      const believed = await fallback(key);
      if (believed) return believed.value;
    }
    const look = ask().then((value) => {
      remember(key, { at: now, value });
      return value;
    });
    try {
      return await inTime(look, patienceMs);
    } catch (error) {
      spareUntil = clock.now().getTime() + SPARE_MS;
      const believed = await fallback(key);
      if (believed) {
        // It may answer later, and then it is remembered; that it fails is no news.
        look.catch(() => undefined);
        return believed.value;
      }
      if (error instanceof TooSlow) return look;
      throw error;
    }
  };

  return Object.assign(read, {
    /** Corrects what is remembered of a key, which stays as old as it is. */
    amend: (key: string, value: T): void => {
      const known = memory.get(key);
      if (known) memory.set(key, { at: known.at, value });
    },
  });
};

class TooSlow extends Error {}

const inTime = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new TooSlow()), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
};
