/** Reproducible chance: the same seed gives the same numbers (mulberry32, public domain). */
export interface Chance {
  /** At least 0 and below 1. */
  next(): number;
  /** True in this share of cases. */
  happens(rate: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(of: readonly T[]): T;
}

export const chanceOf = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    happens: (rate) => next() < rate,
    pick: (of) => {
      if (of.length === 0) throw new Error('Nothing to pick from');
      return of[between(0, of.length - 1)] as (typeof of)[number];
    },
  };
};
