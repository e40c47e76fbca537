import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import { SEGMENT_PREFIX } from '../table.ts';
import { bucketOf, DAY_MS, HOUR_MS, MINUTE_MS, packed, rolledUp, unpacked, type Measured } from './segment.ts';

/*
 * Access patterns. The partitions METRICS#… belong to this room.
 *
 *  #  question                                               index   key
 *  1  what came in for the metrics of a bucket, in a time    table   part = METRICS#SEGMENT#bucket, item = minute#call
 *  2  minutes of a metric, for hours that are closed         table   part = METRICS#MINUTES#name, item = hour
 *  3  hours of a metric, for days that are closed            table   part = METRICS#HOURS#name, item = day
 *  4  days of a metric                                       table   part = METRICS#DAYS#name, item = month
 *  5  up to when hours are closed                            table   part = METRICS, item = CLOSED
 *
 * A call is one item for each bucket and minute that it touches, so a thousand points cost a few write units. When an hour
 * is over and no point of it is taken any more, it is closed: read once, written as one block for each metric, and entered
 * into the block of its day and of its month. Closing it again makes the same.
 */

/** Segments outlive the block that is made of them by far: a block can be made again for two days. */
export const SEGMENT_DAYS = 3;
const DAY_SECONDS = 86_400;

export type Grain = 'minutes' | 'hours' | 'days';
const SPAN_MS: Readonly<Record<Grain, number>> = { minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS };

/** How long a block lasts: minutes lie in blocks of an hour, hours in those of a day, days in those of a month. */
const blockOf = (grain: Grain, at: number): string =>
  new Date(at).toISOString().slice(0, { minutes: 13, hours: 10, days: 7 }[grain]);

interface Segment {
  readonly item: string;
  readonly body: Uint8Array;
}
interface Block extends Segment {
  readonly version: number;
}

const segmentPart = (bucket: number): string => `${SEGMENT_PREFIX}${bucket}`;
const blockPart = (grain: Grain, name: string): string => `METRICS#${grain.toUpperCase()}#${name}`;
/** The minute of a segment, as its key begins. */
const minuteOf = (at: number): string => new Date(at).toISOString().slice(0, 16);

const MAX_SEGMENTS = 5_000;
const CLOSED = { part: 'METRICS', item: 'CLOSED' };
/** Days that a block covers: it lives until the last of them is old enough. */
const BLOCK_DAYS: Readonly<Record<Grain, number>> = { minutes: 1, hours: 1, days: 31 };

export const metricStore = (client: DynamoDBClient, tableName: string) => {
  const health = table(client, tableName);

  /**
   * Writes what one call brought. `call` names it: the same call again overwrites what it wrote and adds nothing. Minutes
   * of one bucket that lie in one hour go together.
   */
  const write = async (measured: readonly Measured[], call: string, now: Date): Promise<void> => {
    const parts = new Map<string, { readonly bucket: number; readonly minute: string; readonly rows: Measured[] }>();
    for (const each of rolledUp(measured, MINUTE_MS)) {
      const bucket = bucketOf(each.name);
      const hour = blockOf('minutes', each.start);
      const key = `${bucket} ${hour}`;
      const part = parts.get(key) ?? { bucket, minute: minuteOf(each.start), rows: [] };
      parts.set(key, { ...part, minute: part.minute < minuteOf(each.start) ? part.minute : minuteOf(each.start) });
      part.rows.push(each);
    }
    await Promise.all(
      [...parts.values()].map(({ bucket, minute, rows }) =>
        health.put({
          part: segmentPart(bucket),
          item: `${minute}#${call}`,
          body: packed(rows),
          ttl: Math.floor(now.getTime() / 1000) + SEGMENT_DAYS * DAY_SECONDS,
        }),
      ),
    );
  };

  /** Access pattern 1: all that came in for minutes of this hour and later ones, up to `to`. */
  const segments = async (bucket: number, from: number, to: number): Promise<Measured[]> => {
    // A segment may begin before the minute that is asked for, within the same hour.
    const first = new Date(from - (from % HOUR_MS)).toISOString().slice(0, 16);
    const found = await health.all<Segment>(
      {
        where: '#part = :part AND #item BETWEEN :first AND :last',
        values: { part: segmentPart(bucket), first, last: `${minuteOf(to)}#~` },
      },
      MAX_SEGMENTS,
    );
    return found.flatMap(({ body }) => unpacked(body)).filter(({ start }) => start + MINUTE_MS > from && start <= to);
  };

  /** Access patterns 2 to 4. */
  const blocks = async (grain: Grain, name: string, from: number, to: number): Promise<Measured[]> => {
    const found = await health.all<Block>({
      where: '#part = :part AND #item BETWEEN :first AND :last',
      values: { part: blockPart(grain, name), first: blockOf(grain, from), last: `${blockOf(grain, to)}~` },
    });
    return found
      .flatMap(({ body }) => unpacked(body))
      .filter(({ start }) => start + SPAN_MS[grain] > from && start <= to);
  };

  /** Enters measurements into the blocks of their metric, in place of those of the same spans. */
  const enter = async (grain: Grain, measured: readonly Measured[], keepDays: number): Promise<void> => {
    const [first] = measured;
    if (!first) return;
    const key = { part: blockPart(grain, first.name), item: blockOf(grain, first.start) };
    const spans = new Set(measured.map(({ start }) => start));
    for (let attempt = 0; attempt < 10; attempt++) {
      const known = await health.get<Block>(key, { consistent: true });
      const others = known ? unpacked(known.body).filter(({ start }) => !spans.has(start)) : [];
      const { done } = await health.put(
        {
          ...key,
          body: packed([...others, ...measured]),
          version: (known?.version ?? 0) + 1,
          ttl: Math.floor(first.start / 1000) + (keepDays + BLOCK_DAYS[grain]) * DAY_SECONDS,
        },
        known
          ? { expression: '#version = :seen', values: { seen: known.version } }
          : { expression: 'attribute_not_exists(#part)' },
      );
      if (done) return;
    }
    throw new Error(`The block ${key.part} ${key.item} kept changing`);
  };

  /** Access pattern 5, in epoch milliseconds; undefined before the first hour was closed. */
  const closedUntil = async (): Promise<number | undefined> => (await health.get<{ until: number }>(CLOSED))?.until;

  /** Never goes back. */
  const setClosedUntil = async (until: number): Promise<void> => {
    await health.update({
      key: CLOSED,
      set: { until },
      when: { expression: 'attribute_not_exists(#until) OR #until < :until', values: { until } },
    });
  };

  return { write, segments, blocks, enter, closedUntil, setClosedUntil };
};

export type MetricStore = ReturnType<typeof metricStore>;
