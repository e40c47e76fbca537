import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { expiry, follows, SEGMENT_PREFIX } from '../table.ts';
import { MINUTE_MS } from '../units.ts';
import { digestOf, digestsIn, minuteKey, slotOf, startOf, type Run, type Segment } from './run.ts';
import {
  bucketOf,
  BUCKETS,
  packedInParts,
  rolledUp,
  SEGMENT_DAYS,
  SLOT_MS,
  unpacked,
  type Measured,
} from './segment.ts';
import type * as store from './segment-store.ts';

/*
 * Access patterns. The partitions METRICS#SEGMENT#… and METRICS#MERGED#… belong to this store.
 *
 *  #  question                                               index   key
 *  1  what came in for the metrics of a bucket, in a time    table   part = METRICS#SEGMENT#bucket, item = minute#call
 *  2  its merged runs, and the calls that they were made of  table   part = METRICS#MERGED#bucket, item = slot#run
 *  3  when the first of either begins, in a time             table   as 1 and 2, one item each
 *
 * A call is one item for each bucket and five minutes that it touches, so a thousand points cost a few write units. Where many
 * small ones begin in one slot of five minutes they are merged into a run, which names them, and deleted. What a run names
 * is not counted beside it. What does not fit into one item is several parts.
 */

const segmentPart = (bucket: number): string => `${SEGMENT_PREFIX}${bucket}`;
const runPart = (bucket: number): string => `METRICS#MERGED#${bucket}`;

/** Minutes in their order, those within one slot's length of the first together. */
const segmentsOf = (minutes: readonly Measured[]): readonly { readonly start: number; readonly rows: Measured[] }[] => {
  const segments: { start: number; rows: Measured[] }[] = [];
  for (const each of minutes.toSorted((a, b) => a.start - b.start)) {
    const last = segments.at(-1);
    if (last && each.start < last.start + SLOT_MS) last.rows.push(each);
    else segments.push({ start: each.start, rows: [each] });
  }
  return segments;
};

/**
 * Writes what one call brought. `call` names it: the same call again overwrites what it wrote and adds nothing. Minutes
 * of one bucket that lie within five minutes go together.
 */
export const write = async (health: Table, measured: readonly Measured[], call: string, now: Date): Promise<void> => {
  const buckets = Map.groupBy(rolledUp(measured, MINUTE_MS), ({ name }) => bucketOf(name));
  await Promise.all(
    [...buckets].flatMap(([bucket, mine]) =>
      segmentsOf(mine).flatMap(({ start, rows }) =>
        packedInParts(rows).map((body, i) =>
          health.put({
            part: segmentPart(bucket),
            item: i === 0 ? `${minuteKey(start)}#${call}` : `${minuteKey(start)}#${call}#${i}`,
            body,
            ttl: expiry(now, SEGMENT_DAYS),
          }),
        ),
      ),
    ),
  );
};

const between = (part: string, from: number, to: number) => ({
  where: '#part = :part AND #item BETWEEN :first AND :last',
  values: { part, first: minuteKey(from), last: `${minuteKey(to)}#~` },
});

/** Segments of the minutes of these instants and those between. */
export const segmentsIn = (health: Table, bucket: number, from: number, to: number): Promise<Segment[]> =>
  health.every(between(segmentPart(bucket), from, to));

/** Access pattern 2, read as of now: what a run took in may be gone from among the segments. */
export const runsIn = (health: Table, bucket: number, from: number, to: number): Promise<Run[]> =>
  health.every({ ...between(runPart(bucket), from, to), consistent: true });

/**
 * Access pattern 1: all that came in for the minutes of these instants and those between, however much it is;
 * of one metric where `name` is given. Segments are read first and runs afterwards, so nothing that is merged meanwhile
 * is missed, and what is in both counts once.
 */
export const read = async (
  health: Table,
  bucket: number,
  from: number,
  to: number,
  name?: string,
): Promise<Measured[]> => {
  const loose = await segmentsIn(health, bucket, from - SLOT_MS, to);
  const runs = await runsIn(health, bucket, slotOf(from - SLOT_MS), to);
  const merged = new Set(runs.flatMap(digestsIn));
  return [...runs, ...loose.filter((segment) => merged.size === 0 || !merged.has(digestOf(segment)))].flatMap(
    ({ body }) =>
      unpacked(body).filter(
        (each) => each.start + MINUTE_MS > from && each.start <= to && (name === undefined || each.name === name),
      ),
  );
};

/** Access pattern 3: the minute in which the first segment or run of any bucket begins. Undefined where there is none. */
export const firstAt = async (health: Table, from: number, to: number): Promise<number | undefined> => {
  const parts = Array.from({ length: BUCKETS }, (_, bucket) => [segmentPart(bucket), runPart(bucket)]).flat();
  const firsts = await Promise.all(
    parts.map((part) => health.page<Segment>({ ...between(part, from, to), consistent: true }, { limit: 1 })),
  );
  const minutes = firsts.flatMap(({ items }) => items.map(startOf));
  return minutes.length > 0 ? Math.min(...minutes) : undefined;
};

/** Writes a run over the version that it grew from. False where another container wrote meanwhile. */
export const saveRun = async (health: Table, bucket: number, run: Run, now: Date): Promise<boolean> => {
  const { done } = await health.put(
    { ...run, part: runPart(bucket), ttl: expiry(now, SEGMENT_DAYS) },
    follows(run.version),
  );
  return done;
};

export const removeSegment = async (health: Table, bucket: number, { item }: Segment): Promise<void> => {
  await health.remove({ part: segmentPart(bucket), item });
};

/** These functions, bound to the health table. */
export type SegmentStore = Bound<typeof store>;
