import type { Clock } from './clock.ts';

/** A value and when it was true, in milliseconds of the epoch. */
export interface Known<T> {
  readonly at: number;
  readonly value: T;
}

export interface LastKnownOptions<T> {
  readonly clock: Clock;
  /** A value this young is answered without a read. */
  readonly freshMs: number;
  /** A read that takes longer is not awaited while a remembered value is still valid. */
  readonly patienceMs?: number;
  /** A second source, for when the first cannot be read and nothing is remembered. Never rejects. */
  readonly standby?: (key: string) => Promise<Known<NonNullable<T>> | undefined>;
}

/** While a source cannot be read, a value stays valid for this long. */
export const BELIEVED_MS = 60 * 60_000;

/** After a failed read the next reads are skipped for this long, where a valid value is remembered. */
const SPARE_MS = 1500;
const PATIENCE_MS = 1000;
const MAX_REMEMBERED = 1_000;

/**
 * Reads through a memory: `(key, read, maxAgeMs?) => value`. A result is answered for `freshMs`, also when it is undefined. When
 * a read fails or takes too long, the last value is answered for an hour, or the value of the standby. An undefined result is
 * never answered in place of a failed read. Rejects with the error of the read where there is no valid value.
 */
export const lastKnown = <T>({
  clock,
  freshMs,
  patienceMs = PATIENCE_MS,
  standby = async () => undefined,
}: LastKnownOptions<T>) => {
  const memory = new Map<string, Known<T>>();
  let spareUntil = 0;

  /** Forgets undefined results first, so that made-up keys never displace known ones; then the oldest value. */
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
        // A late answer is remembered. A late failure changes nothing.
        look.catch(() => undefined);
        return believed.value;
      }
      if (error instanceof TooSlow) return look;
      throw error;
    }
  };

  return Object.assign(read, {
    /** Corrects the value of a key and keeps its age. */
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
