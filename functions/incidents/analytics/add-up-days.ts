import type { Clock } from '../../../shared/kernel/clock.ts';
import { endOf, SETTLED_MS, type AnalyticsStore } from './store.ts';

const DAY_MS = 86_400_000;
/** Days are looked at for so long after they ended: what changes later is read from facts. */
const LOOKED_AT_DAYS = 100;

/** Each hour: adds up the days that ended long enough ago and are not added up, or changed since. Answers how many. */
export const settle = async ({
  clock,
  facts,
}: {
  readonly clock: Clock;
  readonly facts: Pick<AnalyticsStore, 'addUp'>;
}): Promise<number> => {
  const now = clock.now().getTime();
  let done = 0;
  for (let back = 0; back <= LOOKED_AT_DAYS; back++) {
    const day = new Date(now - back * DAY_MS).toISOString().slice(0, 10);
    if (now - endOf(day) >= SETTLED_MS && (await facts.addUp(day))) done++;
  }
  return done;
};
