import type { LocalClock, LocalLog } from './types.ts';

/** The clock of one run. */
export interface MovableClock extends LocalClock {
  /** One float64: how many milliseconds the clock is ahead. Workers read it, so that they see a move at once. */
  readonly offset: SharedArrayBuffer;
  /** Called after everything that was due at one instant has run and before time moves on. */
  onInstant(settle: () => Promise<void>): void;
  /** No timer fires any more. */
  stop(): void;
}

interface Timer {
  readonly at: number;
  readonly run: () => void | Promise<void>;
}

// Node fires a timeout with a longer delay at once.
const longestTimeoutMs = 2 ** 31 - 1;

/**
 * A clock that runs with the machine's and can be moved forward. `advance` goes from one due timer to the next: at
 * each the clock shows the time that the timer asked for, timers run in the order of their times (and of their making
 * for equal times), each is awaited, and timers made on the way run too if they fall due. A timer that fails is
 * logged and stops no other.
 */
export function movableClock(log: LocalLog = () => undefined): MovableClock {
  const offset = new SharedArrayBuffer(8);
  const ahead = new Float64Array(offset);
  const timers: Timer[] = [];
  let alarm: NodeJS.Timeout | undefined;
  let advancing = 0;
  let target: number | undefined;
  let stopped = false;
  let lastAdvance: Promise<unknown> = Promise.resolve();
  let settle: () => Promise<void> = () => Promise.resolve();

  const now = (): number => Date.now() + (ahead[0] ?? 0);

  const run = async (timer: Timer): Promise<void> => {
    try {
      await timer.run();
    } catch (error) {
      log('clock', 'A timer failed', error);
    }
  };

  const arm = (): void => {
    clearTimeout(alarm);
    alarm = undefined;
    const next = timers[0];
    if (!next || advancing > 0 || stopped) return;
    alarm = setTimeout(ring, Math.min(longestTimeoutMs, Math.max(0, next.at - now())));
  };

  const ring = (): void => {
    while (advancing === 0 && timers[0] && timers[0].at <= now()) void run(timers.shift() as Timer);
    arm();
  };

  const moveTo = (time: number): void => {
    ahead[0] = Math.max(ahead[0] ?? 0, time - Date.now());
  };

  const advanceBy = async (milliseconds: number): Promise<void> => {
    advancing += 1;
    try {
      const end = now() + milliseconds;
      target = end;
      await settle();
      while (timers[0] && timers[0].at <= end && !stopped) {
        const instant = timers[0].at;
        moveTo(instant);
        while (timers[0] && timers[0].at <= instant) await run(timers.shift() as Timer);
        await settle();
      }
      moveTo(end);
    } finally {
      target = undefined;
      advancing -= 1;
      arm();
    }
  };

  return {
    offset,
    now,
    get target() {
      return target;
    },
    advance: (milliseconds) => {
      if (!(milliseconds >= 0)) return Promise.reject(new RangeError('The clock only moves forward'));
      const advance = lastAdvance.then(() => advanceBy(milliseconds));
      lastAdvance = advance.catch(() => undefined);
      return advance;
    },
    schedule: (at, callback) => {
      const timer: Timer = { at, run: callback };
      let index = timers.length;
      while (index > 0 && (timers[index - 1] as Timer).at > at) index -= 1;
      timers.splice(index, 0, timer);
      if (index === 0) arm();
      return () => {
        const position = timers.indexOf(timer);
        if (position >= 0) timers.splice(position, 1);
        if (position === 0) arm();
      };
    },
    onInstant: (next) => {
      settle = next;
    },
    stop: () => {
      stopped = true;
      timers.length = 0;
      clearTimeout(alarm);
    },
  };
}
