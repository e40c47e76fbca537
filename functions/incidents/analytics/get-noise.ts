import type { Clock } from '../../../shared/kernel/clock.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { DAY_MS } from './day.ts';
import type { FactStore } from './fact-store.ts';
import { noiseAddedUp, noiseReport, type Noise } from './noise.ts';

export interface NoiseDeps {
  readonly clock: Clock;
  readonly facts: Pick<FactStore, 'listNoise'>;
}

const AT_ONCE = 4;
const SHOWN = 50;

/** The alerts that make most noise, and those that nobody ever acts on, of the last whole days of UTC and of today. */
export const getNoise = async ({ clock, facts }: NoiseDeps, { days }: { readonly days: number }): Promise<Noise> => {
  const now = clock.now();
  const dates = Array.from({ length: days }, (_, back) =>
    new Date(now.getTime() - back * DAY_MS).toISOString().slice(0, 10),
  );
  const rows = await mapLimit(dates, AT_ONCE, (day) => facts.listNoise(day));
  return {
    from: `${dates.at(-1)}T00:00:00.000Z`,
    to: now.toISOString(),
    ...noiseReport(noiseAddedUp(rows.flat()), days, SHOWN),
  };
};
