/** Where a verb takes the time from. Models never ask: they are told `at`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
