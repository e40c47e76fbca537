import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Settings } from '../config/settings.ts';
import { differenced } from './cumulative.ts';
import { MAX_AGE_MS, MAX_AHEAD_MS } from './point.ts';
import { LOOKBACK_MS } from './rollup.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../units.ts';
import type { BlockStore } from './block-store.ts';
import { BUCKETS, rolledUp, SEGMENT_DAYS, type Measured } from './segment.ts';
import type { SegmentStore } from './segment-store.ts';

export interface CloseHoursDeps {
  readonly segments: Pick<SegmentStore, 'read' | 'firstAt'>;
  readonly blocks: BlockStore;
  readonly clock: Clock;
  readonly retention: () => Promise<Settings['retention']>;
  /** Milliseconds that this run may still take. */
  readonly remainingMs: () => number;
}

/** Nothing of an hour is taken any more this long after its end; minutes more, since clocks of containers differ. */
const SETTLED_MS = MAX_AGE_MS + MAX_AHEAD_MS;
/** Where nothing was ever closed, segments are looked for as far back as they are kept. */
const FIRST_LOOK_MS = SEGMENT_DAYS * DAY_MS;
const RESERVE_MS = 10_000;

/**
 * Closes each hour of which nothing is taken any more: its minutes become one block for each metric, and the hour is
 * entered into its day and its month. Hours are closed in their order, and the mark moves behind each, so a run that
 * dies leaves the hour to the next, which makes the same blocks again. Answers how many hours were closed.
 */
export const closeHours = async ({
  segments,
  blocks,
  clock,
  retention,
  remainingMs,
}: CloseHoursDeps): Promise<number> => {
  const now = clock.now().getTime();
  const settled = hourOf(now - SETTLED_MS);
  const first = (await blocks.closedUntil()) ?? (await segments.firstAt(now - FIRST_LOOK_MS, settled)) ?? settled;
  const keep = await retention();
  let closed = 0;
  for (let hour = hourOf(first); hour < settled && remainingMs() > RESERVE_MS; hour += HOUR_MS) {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const minutes = rolledUp(
        (await segments.read(bucket, hour, hour + HOUR_MS - 1)).filter(({ start }) => start >= hour),
        MINUTE_MS,
      );
      for (const mine of byName(minutes)) await closeMetric(blocks, mine, keep);
    }
    await blocks.setClosedUntil(hour + HOUR_MS);
    closed++;
  }
  return closed;
};

/** The first instant of the hour of an instant. */
const hourOf = (at: number): number => at - (at % HOUR_MS);

const closeMetric = async (
  blocks: BlockStore,
  minutes: readonly Measured[],
  keep: Settings['retention'],
): Promise<void> => {
  const [first] = minutes;
  if (!first) return;
  await blocks.write('minutes', minutes, keep.minuteDays);
  await blocks.write('hours', rolledUp(await figuresOf(blocks, minutes, first), HOUR_MS), keep.hourDays);
  const day = first.start - (first.start % DAY_MS);
  const hours = await blocks.read('hours', first.name, day, day + DAY_MS - 1);
  await blocks.write('days', rolledUp(hours, DAY_MS), keep.dayDays);
};

/** Minutes in which states of cumulative histograms are replaced by their growth since the last minutes of the hour before. */
const figuresOf = async (
  blocks: BlockStore,
  minutes: readonly Measured[],
  { name, start }: Measured,
): Promise<readonly Measured[]> => {
  if (minutes.every(({ rollup }) => rollup.cumulative === undefined)) return minutes;
  const hour = hourOf(start);
  const before = await blocks.read('minutes', name, hour - LOOKBACK_MS, hour - 1);
  return differenced([...before, ...minutes]).filter((each) => each.start >= hour);
};

const byName = (measured: readonly Measured[]): readonly (readonly Measured[])[] => {
  const names = new Map<string, Measured[]>();
  for (const each of measured) names.set(each.name, [...(names.get(each.name) ?? []), each]);
  return [...names.values()];
};
