import type { Clock } from '../../../shared/kernel/clock.ts';
import { DAY_MS, endOf, SETTLED_MS } from './day.ts';
import type { FactStore } from './fact-store.ts';

/** A day is checked for this long after it ended. Later changes are read from the facts. */
const CHECKED_DAYS = 100;

export interface AddUpDeps {
  readonly clock: Clock;
  readonly facts: Pick<FactStore, 'addUpDay'>;
}

/** Adds up the days that ended long enough ago and were not added up, or changed since. Returns how many. */
export const addUpDays = async ({ clock, facts }: AddUpDeps): Promise<number> => {
  const now = clock.now().getTime();
  let done = 0;
  for (let back = 0; back <= CHECKED_DAYS; back++) {
    const day = new Date(now - back * DAY_MS).toISOString().slice(0, 10);
    if (now - endOf(day) >= SETTLED_MS && (await facts.addUpDay(day))) done++;
  }
  return done;
};
