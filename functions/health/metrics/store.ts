import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import { doAll } from '../../../shared/kernel/at-once.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { SEGMENT_PREFIX } from '../table.ts';
import {
  bucketOf,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  packed,
  packedInParts,
  rolledUp,
  SLOT_MS,
  unpacked,
  type Measured,
} from './segment.ts';

/*
 * Access patterns. The partitions METRICS#… belong to this room.
 *
 *  #  question                                               index   key
 *  1  what came in for the metrics of a bucket, in a time    table   part = METRICS#SEGMENT#bucket, item = minute#call
 *  2  what of it was merged, and of which calls              table   part = METRICS#MERGED#bucket, item = slot#run
 *  3  minutes of a metric, for hours that are closed         table   part = METRICS#MINUTES#name, item = hour#part
 *  4  hours of a metric                                      table   part = METRICS#HOURS#name, item = hour#part
 *  5  days of a metric                                       table   part = METRICS#DAYS#name, item = day#part
 *  6  up to when hours are closed                            table   part = METRICS, item = CLOSED
 *
 * A call is one item for each bucket and five minutes that it touches, so a thousand points cost a few write units. Where many
 * small ones begin in one slot of five minutes they are merged into a run, which names them, and deleted; what a run names
 * is not counted beside it. When an hour is over and no point of it is taken any more, it is closed: read once,
 * written as one block for each metric, and entered into its day. Closing it again makes the same. What does not fit into
 * one item is several parts.
 */

/** Segments outlive the block that is made of them by far: a block can be made again for two days. */
export const SEGMENT_DAYS = 3;
const DAY_SECONDS = 86_400;

export type Grain = 'minutes' | 'hours' | 'days';
const SPAN_MS: Readonly<Record<Grain, number>> = { minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS };

/** The block that an instant lies in: of minutes by the hour, else by the span itself. */
const blockOf = (grain: Grain, at: number): string =>
  new Date(at).toISOString().slice(0, { minutes: 13, hours: 13, days: 10 }[grain]);
/** Days that a block covers: it lives until the last of them is old enough. */
const BLOCK_DAYS = 1;

interface Segment {
  readonly item: string;
  readonly body: Uint8Array;
}
/** A run also has the digests of the calls that it was merged of, eight bytes each. */
interface Run extends Segment {
  readonly calls: Uint8Array;
  readonly version: number;
}

const segmentPart = (bucket: number): string => `${SEGMENT_PREFIX}${bucket}`;
const runPart = (bucket: number): string => `METRICS#MERGED#${bucket}`;
const blockPart = (grain: Grain, name: string): string => `METRICS#${grain.toUpperCase()}#${name}`;
/** The minute of a segment, as its key begins. */
const minuteOf = (at: number): string => new Date(at).toISOString().slice(0, 16);
const slotOf = (at: number): number => at - (at % SLOT_MS);

const CLOSED = { part: 'METRICS', item: 'CLOSED' };

const DIGEST_CHARS = 16;
const digestOf = ({ item }: Segment): string => sha256(item).slice(0, DIGEST_CHARS);
const digestsIn = ({ calls }: Run): string[] =>
  Buffer.from(calls)
    .toString('hex')
    .match(new RegExp(`.{${DIGEST_CHARS}}`, 'g')) ?? [];

/** A slot is looked at for merging at one in so many of its segments. */
const MERGE_ONE_IN = 64;
/** Fewer are not worth a write. */
const MERGE_AT_LEAST = 32;
/** A segment that takes more than one write unit is nearly as dense as a run would be. */
const SMALL_BYTES = 1_000;
/** A run that is as large as this is left as it is, and the next one begun. */
const FULL_RUN_BYTES = 32 * 1024;
/** Bytes of segments that are merged by one write. */
const MERGED_AT_ONCE_BYTES = 128 * 1024;
const DELETES_AT_ONCE = 16;

/** True for one in sixty-four segments, the same ones whoever asks: it is then time to look at their slot. */
export const isTurnToMerge = (item: string): boolean =>
  Number.parseInt(sha256(item).slice(0, 8), 16) % MERGE_ONE_IN === 0;

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

/** As many from the front as fit into one write, at least one. */
const batchOf = (segments: readonly Segment[]): readonly Segment[] => {
  let bytes = 0;
  const end = segments.findIndex(({ body }) => (bytes += body.length) > MERGED_AT_ONCE_BYTES);
  return end < 0 ? segments : segments.slice(0, Math.max(1, end));
};

export const metricStore = (client: DynamoDBClient, tableName: string) => {
  const health = table(client, tableName);

  const expiry = (now: Date): number => Math.floor(now.getTime() / 1000) + SEGMENT_DAYS * DAY_SECONDS;

  /**
   * Writes what one call brought. `call` names it: the same call again overwrites what it wrote and adds nothing. Minutes
   * of one bucket that lie within five minutes go together.
   */
  const write = async (measured: readonly Measured[], call: string, now: Date): Promise<void> => {
    const buckets = Map.groupBy(rolledUp(measured, MINUTE_MS), ({ name }) => bucketOf(name));
    await Promise.all(
      [...buckets].flatMap(([bucket, mine]) =>
        segmentsOf(mine).flatMap(({ start, rows }) =>
          packedInParts(rows).map((body, i) =>
            health.put({
              part: segmentPart(bucket),
              item: i === 0 ? `${minuteOf(start)}#${call}` : `${minuteOf(start)}#${call}#${i}`,
              body,
              ttl: expiry(now),
            }),
          ),
        ),
      ),
    );
  };

  const segmentsIn = (bucket: number, from: number, to: number): Promise<Segment[]> =>
    health.every({
      where: '#part = :part AND #item BETWEEN :first AND :last',
      values: { part: segmentPart(bucket), first: minuteOf(from), last: `${minuteOf(to)}#~` },
    });

  /** Access pattern 2, read as of now: what a run took in may be gone from among the segments. */
  const runsIn = (bucket: number, from: number, to: number): Promise<Run[]> =>
    health.every({
      where: '#part = :part AND #item BETWEEN :first AND :last',
      values: { part: runPart(bucket), first: minuteOf(from), last: `${minuteOf(to)}#~` },
      consistent: true,
    });

  /**
   * Access pattern 1: all that came in for the minutes that these instants lie in and those between, however much it is;
   * of one metric where `name` is given. Segments are read first and runs afterwards, so nothing that is merged meanwhile
   * is missed, and what is in both counts once.
   */
  const segments = async (bucket: number, from: number, to: number, name?: string): Promise<Measured[]> => {
    const loose = await segmentsIn(bucket, from - SLOT_MS, to);
    const runs = await runsIn(bucket, slotOf(from - SLOT_MS), to);
    const merged = new Set(runs.flatMap(digestsIn));
    return [...runs, ...loose.filter((segment) => merged.size === 0 || !merged.has(digestOf(segment)))].flatMap(
      ({ body }) =>
        unpacked(body).filter(
          (each) => each.start + MINUTE_MS > from && each.start <= to && (name === undefined || each.name === name),
        ),
    );
  };

  /**
   * Merges the small segments of the slot that an instant lies in, where there are many, and answers how many. A run is
   * written before its segments are deleted, and only over what was read, so whoever dies or is second leaves nothing
   * that counts twice or not at all.
   */
  const mergeSlot = async (bucket: number, at: number, now: Date): Promise<number> => {
    const [from, to] = [slotOf(at), slotOf(at) + SLOT_MS - 1];
    const small = (await segmentsIn(bucket, from, to)).filter(({ body }) => body.length < SMALL_BYTES);
    if (small.length < MERGE_AT_LEAST) return 0;
    const runs = await runsIn(bucket, from, to);
    const known = new Set(runs.flatMap(digestsIn));
    let rest: readonly Segment[] = small.filter((segment) => !known.has(digestOf(segment)));
    let last = runs.at(-1);
    while (rest.length > 0) {
      const batch = batchOf(rest);
      const written = await writeRun(bucket, from, last, batch, now);
      if (!written) return 0;
      last = written;
      rest = rest.slice(batch.length);
    }
    const part = segmentPart(bucket);
    await doAll(small, DELETES_AT_ONCE, ({ item }) => health.remove({ part, item }));
    return small.length;
  };

  /** Takes segments into the last run of a slot, or into one behind it; undefined where somebody else wrote meanwhile. */
  const writeRun = async (
    bucket: number,
    slot: number,
    last: Run | undefined,
    batch: readonly Segment[],
    now: Date,
  ): Promise<Run | undefined> => {
    const open = last && last.body.length + last.calls.length < FULL_RUN_BYTES ? last : undefined;
    const number = last ? Number(last.item.slice(17)) + (open ? 0 : 1) : 0;
    const taken = Buffer.from(batch.map(digestOf).join(''), 'hex');
    const run: Run = {
      item: `${minuteOf(slot)}#${String(number).padStart(6, '0')}`,
      body: packed(
        rolledUp(
          [...(open ? [open] : []), ...batch].flatMap(({ body }) => unpacked(body)),
          MINUTE_MS,
        ),
      ),
      calls: open ? Buffer.concat([open.calls, taken]) : taken,
      version: (open?.version ?? 0) + 1,
    };
    const { done } = await health.put(
      { ...run, part: runPart(bucket), ttl: expiry(now) },
      open
        ? { expression: '#version = :seen', values: { seen: open.version } }
        : { expression: 'attribute_not_exists(#part)' },
    );
    return done ? run : undefined;
  };

  /** Access patterns 3 to 5. */
  const blocks = async (grain: Grain, name: string, from: number, to: number): Promise<Measured[]> => {
    const found = await health.every<Segment>({
      where: '#part = :part AND #item BETWEEN :first AND :last',
      values: { part: blockPart(grain, name), first: blockOf(grain, from), last: `${blockOf(grain, to)}#~` },
    });
    return found
      .flatMap(({ body }) => unpacked(body))
      .filter(({ start }) => start + SPAN_MS[grain] > from && start <= to);
  };

  /** Writes the block of a metric that these measurements make up, in place of what it was. */
  const enter = async (grain: Grain, measured: readonly Measured[], keepDays: number): Promise<void> => {
    const [first] = measured;
    if (!first) return;
    const block = blockOf(grain, first.start);
    await doAll([...packedInParts(measured).entries()], DELETES_AT_ONCE, ([i, body]) =>
      health.put({
        part: blockPart(grain, first.name),
        item: `${block}#${String(i).padStart(4, '0')}`,
        body,
        ttl: Math.floor(first.start / 1000) + (keepDays + BLOCK_DAYS) * DAY_SECONDS,
      }),
    );
  };

  /** Access pattern 6, in epoch milliseconds; undefined before the first hour was closed. */
  const closedUntil = async (): Promise<number | undefined> => (await health.get<{ until: number }>(CLOSED))?.until;

  /** Never goes back. */
  const setClosedUntil = async (until: number): Promise<void> => {
    await health.update({
      key: CLOSED,
      set: { until },
      when: { expression: 'attribute_not_exists(#until) OR #until < :until', values: { until } },
    });
  };

  return { write, segments, mergeSlot, blocks, enter, closedUntil, setClosedUntil };
};

export type MetricStore = ReturnType<typeof metricStore>;
