import type { Clock } from '../../../shared/kernel/clock.ts';
import { differenced } from './cumulative.ts';
import { answer, type MetricQuery, type Series } from './query.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../units.ts';
import type { BlockStore, Grain } from './block-store.ts';
import { BUCKETS, bucketOf, type Measured } from './segment.ts';
import type { SegmentStore } from './segment-store.ts';
import { LOOKBACK_MS } from './rollup.ts';

export interface ReaderDeps {
  readonly segments: Pick<SegmentStore, 'read'>;
  readonly blocks: Pick<BlockStore, 'read' | 'closedUntil'>;
  readonly clock: Clock;
}

export interface MetricReader {
  /** What was observed of a metric, in the finest grain that the step needs. */
  measured(name: string, from: Date, to: Date, stepSeconds: number): Promise<readonly Measured[]>;
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

/**
 * Measurements from `first` on as figures. Cumulative histograms become what came since the measurements before, which are read only
 * where there are such histograms. Both reads must be of minutes, and leave none out between them.
 */
const figuresIn = async (
  found: readonly Measured[],
  first: number,
  before: () => Promise<readonly Measured[]>,
): Promise<readonly Measured[]> =>
  found.some(({ rollup }) => rollup.cumulative !== undefined)
    ? differenced([...(await before()), ...found]).filter(({ start }) => start >= first)
    : found;

/** Reads metrics: closed hours from their blocks, the rest from what came in. */
export const metricReader = ({ segments, blocks, clock }: ReaderDeps): MetricReader => {
  let mark: { readonly at: number; readonly until: number } | undefined;

  const closedUntil = async (): Promise<number> => {
    const now = clock.now().getTime();
    if (!mark || now - mark.at > MARK_FRESH_MS) mark = { at: now, until: (await blocks.closedUntil()) ?? 0 };
    return mark.until;
  };

  /** Closed hours: whole days and hours in their own grain, the hours that the range clips in minutes. */
  const closed = async (name: string, from: number, to: number, grain: Grain): Promise<readonly Measured[]> => {
    if (from > to) return [];
    if (grain === 'minutes') {
      const found = await blocks.read('minutes', name, from, to);
      return figuresIn(found, from, () => blocks.read('minutes', name, from - LOOKBACK_MS, from - 1));
    }
    const spanMs = grain === 'hours' ? HOUR_MS : DAY_MS;
    const finer: Grain = grain === 'hours' ? 'minutes' : 'hours';
    const first = from + ((spanMs - (from % spanMs)) % spanMs);
    const end = to + 1 - ((to + 1) % spanMs);
    if (first >= end) return edge(name, from, to, finer, grain);
    const parts = await Promise.all([
      edge(name, from, first - 1, finer, grain),
      blocks.read(grain, name, first, end - 1),
      edge(name, end, to, finer, grain),
    ]);
    return parts.flat();
  };

  /** Where the finer grain has expired, blocks of the coarser one that begin within the edge are the best there is. */
  const edge = async (
    name: string,
    from: number,
    to: number,
    finer: Grain,
    coarser: Grain,
  ): Promise<readonly Measured[]> => {
    const found = await closed(name, from, to, finer);
    if (found.length > 0 || from > to) return found;
    return (await blocks.read(coarser, name, from, to)).filter(({ start }) => start >= from);
  };

  /** Measurements of hours that are not closed. Earlier segments still show where cumulative histograms stood. */
  const open = async (name: string, from: number, to: number, until: number): Promise<readonly Measured[]> => {
    if (from > to) return [];
    const read = (first: number, last: number) => segments.read(bucketOf(name), first, last, name);
    const first = Math.max(from, until);
    const found = (await read(first, to)).filter(({ start }) => start >= until);
    const minute = first - (first % MINUTE_MS);
    return figuresIn(found, minute, () => read(minute - LOOKBACK_MS, minute - 1));
  };

  const measured: MetricReader['measured'] = async (name, from, to, stepSeconds) => {
    const until = await closedUntil();
    // The whole minute of `from` belongs to the range.
    const first = from.getTime() - (from.getTime() % MINUTE_MS);
    const parts = await Promise.all([
      first < until ? closed(name, first, Math.min(to.getTime(), until - 1), grainOf(stepSeconds)) : [],
      open(name, Math.max(from.getTime(), until), to.getTime(), until),
    ]);
    return parts.flat();
  };

  return {
    measured,
    query: async (query) => {
      const { name, from, to, stepSeconds } = query;
      const first = from.getTime() - (from.getTime() % MINUTE_MS);
      const [before, within] = await Promise.all([
        // A rate needs to know where counters stood at the start.
        query.aggregation === 'rate'
          ? measured(
              name,
              new Date(first - Math.max(LOOKBACK_MS, stepSeconds * 1000)),
              new Date(first - 1),
              stepSeconds,
            )
          : [],
        measured(name, from, to, stepSeconds),
      ]);
      return answer([...before, ...within], query);
    },
    recent: async (minutes) => {
      const to = clock.now().getTime() + 5 * MINUTE_MS;
      const from = clock.now().getTime() - minutes * MINUTE_MS;
      const all = await Promise.all(Array.from({ length: BUCKETS }, (_, bucket) => segments.read(bucket, from, to)));
      return [...differenced(all.flat())];
    },
  };
};
