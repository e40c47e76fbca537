import type { ExecutionEnvironment } from './environment.ts';

/** How long environments rest before they end, in real time, and how often that is looked after. */
export interface RestLimits {
  /** How many of all functions together may rest for long. */
  readonly places: number;
  /** Of those beyond the first of their function, which are for bursts, and of those that find no place. */
  readonly spareMs: number;
  /** Of the last of a function, which stays where the function runs each minute. */
  readonly lastMs: number;
  readonly sweepMs: number;
}

// Each holds 20 to 30 MB. Eight functions run in each minute of an idle system.
const restLimits: RestLimits = { places: 12, spareMs: 15_000, lastMs: 150_000, sweepMs: 5_000 };

interface Guest {
  /** Whether its function has another. */
  readonly isSpare: () => boolean;
  readonly end: () => void;
}

/** Environments of all functions that have nothing to do. */
export interface Rest {
  enter(environment: ExecutionEnvironment, guest: Guest): void;
  /** It is needed again, or gone. */
  leave(environment: ExecutionEnvironment): void;
  stop(): void;
}

/** Ends environments that nobody needed for a while, those that have rested longest first. */
export function restOf(own: Partial<RestLimits> = {}): Rest {
  const limits = { ...restLimits, ...own };
  // In the order in which they came.
  const guests = new Map<ExecutionEnvironment, Guest & { readonly since: number }>();
  let sweeping: NodeJS.Timeout | undefined;

  const stop = (): void => {
    clearInterval(sweeping);
    sweeping = undefined;
  };
  const sweep = (): void => {
    const now = performance.now();
    for (const [environment, guest] of guests) {
      const limit = guest.isSpare() || guests.size > limits.places ? limits.spareMs : limits.lastMs;
      if (now - guest.since < limit) continue;
      guests.delete(environment);
      guest.end();
    }
    if (guests.size === 0) stop();
  };

  return {
    enter: (environment, guest) => {
      guests.set(environment, { ...guest, since: performance.now() });
      sweeping ??= setInterval(sweep, limits.sweepMs).unref();
    },
    leave: (environment) => void guests.delete(environment),
    stop,
  };
}
