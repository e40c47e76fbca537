/** The source of the time for a verb. Models never ask: they get `at`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
