import type { Clock } from '../../../shared/kernel/clock.ts';
import { DAY_MS, endOf, SETTLED_MS } from './day.ts';
import type { FactStore } from './fact-store.ts';

/** A day is checked for this long after it ended. Later changes are read from the facts. */
const CHECKED_DAYS = 100;

export interface AddUpDeps {
  readonly clock: Clock;
  readonly facts: Pick<FactStore, 'addUpDay' | 'daysToAddUp'>;
}

/** Adds up the days that ended long enough ago and were not added up, or changed since. Returns how many. */
export const addUpDays = async ({ clock, facts }: AddUpDeps): Promise<number> => {
  const now = clock.now().getTime();
  const days = Array.from({ length: CHECKED_DAYS + 1 }, (_, back) =>
    new Date(now - back * DAY_MS).toISOString().slice(0, 10),
  ).filter((day) => now - endOf(day) >= SETTLED_MS);
  let done = 0;
  for (const day of await facts.daysToAddUp(days)) if (await facts.addUpDay(day)) done++;
  return done;
};
