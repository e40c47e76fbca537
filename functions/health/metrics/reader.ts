import type { Clock } from '../../../shared/kernel/clock.ts';
import { answer, type MetricQuery, type Series } from './query.ts';
import { BUCKETS, bucketOf, DAY_MS, HOUR_MS, MINUTE_MS, type Measured } from './segment.ts';
import type { Grain, MetricStore } from './store.ts';

export interface ReaderDeps {
  readonly store: Pick<MetricStore, 'segments' | 'blocks' | 'closedUntil'>;
  readonly clock: Clock;
}

export interface MetricReader {
  /** What was observed of a metric, in the finest grain that the step needs. */
  measured(name: string, from: Date, to: Date, stepSeconds: number): Promise<Measured[]>;
  query(query: MetricQuery): Promise<Series[]>;
  /** What was observed of every metric in the last minutes. */
  recent(minutes: number): Promise<Measured[]>;
}

/** How long the mark up to which hours are closed is believed. It only ever moves on, and segments outlive it by days. */
const MARK_FRESH_MS = 60_000;

const grainOf = (stepSeconds: number): Grain =>
  stepSeconds * 1000 >= DAY_MS && stepSeconds % (DAY_MS / 1000) === 0
    ? 'days'
    : stepSeconds * 1000 >= HOUR_MS && stepSeconds % (HOUR_MS / 1000) === 0
      ? 'hours'
      : 'minutes';

/** Reads metrics: closed hours from their blocks, the rest from what came in. */
export const metricReader = ({ store, clock }: ReaderDeps): MetricReader => {
  let mark: { readonly at: number; readonly until: number } | undefined;

  const closedUntil = async (): Promise<number> => {
    const now = clock.now().getTime();
    if (!mark || now - mark.at > MARK_FRESH_MS) mark = { at: now, until: (await store.closedUntil()) ?? 0 };
    return mark.until;
  };

  const measured: MetricReader['measured'] = async (name, from, to, stepSeconds) => {
    const until = await closedUntil();
    const open = Math.max(from.getTime(), until);
    const [past, fresh] = await Promise.all([
      from.getTime() < until
        ? store.blocks(grainOf(stepSeconds), name, from.getTime(), Math.min(to.getTime(), until - 1))
        : [],
      to.getTime() >= open ? store.segments(bucketOf(name), open, to.getTime(), name) : [],
    ]);
    return [...past, ...fresh.filter(({ start }) => start >= until)];
  };

  return {
    measured,
    query: async (query) => {
      // A rate needs the step before the first.
      const from = new Date(query.from.getTime() - (query.aggregation === 'rate' ? query.stepSeconds * 1000 : 0));
      return answer(await measured(query.name, from, query.to, query.stepSeconds), query);
    },
    recent: async (minutes) => {
      const to = clock.now().getTime() + 5 * MINUTE_MS;
      const from = clock.now().getTime() - minutes * MINUTE_MS;
      const all = await Promise.all(Array.from({ length: BUCKETS }, (_, bucket) => store.segments(bucket, from, to)));
      return all.flat();
    },
  };
};
