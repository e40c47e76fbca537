import type { Table } from '../../../shared/aws/dynamo.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { expiry } from '../table.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../units.ts';
import type * as store from './block-store.ts';
import type { Segment } from './run.ts';
import { packedInParts, unpacked, type Measured } from './segment.ts';

/*
 * Access patterns. The partitions METRICS, METRICS#MINUTES#…, METRICS#HOURS#… and METRICS#DAYS#… belong to this store.
 *
 *  #  question                                               index   key
 *  1  minutes of a metric, for hours that are closed         table   part = METRICS#MINUTES#name, item = hour#part
 *  2  hours of a metric                                      table   part = METRICS#HOURS#name, item = hour#part
 *  3  days of a metric                                       table   part = METRICS#DAYS#name, item = day#part
 *  4  up to when hours are closed                            table   part = METRICS, item = CLOSED
 *
 * When an hour is over and no point of it is taken any more, it is closed: its segments are read once, written as one block for
 * each metric, and entered into its day. Closing it again makes the same. What does not fit into one item is several parts.
 */

export type Grain = 'minutes' | 'hours' | 'days';
const SPAN_MS: Readonly<Record<Grain, number>> = { minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS };

/** The block of an instant: of minutes by the hour, else by the span itself. */
const blockOf = (grain: Grain, at: number): string =>
  new Date(at).toISOString().slice(0, { minutes: 13, hours: 13, days: 10 }[grain]);
/** Days that a block covers: it lives until the last of them is old enough. */
const BLOCK_DAYS = 1;
const PARTS_AT_ONCE = 16;

const blockPart = (grain: Grain, name: string): string => `METRICS#${grain.toUpperCase()}#${name}`;
const CLOSED = { part: 'METRICS', item: 'CLOSED' };

/** Access patterns 1 to 3: what begins up to `to` and ends after `from`, in epoch milliseconds. */
export const read = async (
  health: Table,
  grain: Grain,
  name: string,
  from: number,
  to: number,
): Promise<Measured[]> => {
  const found = await health.every<Segment>({
    where: '#part = :part AND #item BETWEEN :first AND :last',
    values: { part: blockPart(grain, name), first: blockOf(grain, from), last: `${blockOf(grain, to)}#~` },
  });
  return found
    .flatMap(({ body }) => unpacked(body))
    .filter(({ start }) => start + SPAN_MS[grain] > from && start <= to);
};

/** Writes the block of a metric that these measurements make up, in place of what it was. */
export const write = async (
  health: Table,
  grain: Grain,
  measured: readonly Measured[],
  keepDays: number,
): Promise<void> => {
  const [first] = measured;
  if (!first) return;
  const block = blockOf(grain, first.start);
  await mapLimit([...packedInParts(measured).entries()], PARTS_AT_ONCE, ([i, body]) =>
    health.put({
      part: blockPart(grain, first.name),
      item: `${block}#${String(i).padStart(4, '0')}`,
      body,
      ttl: expiry(new Date(first.start), keepDays + BLOCK_DAYS),
    }),
  );
};

/** Access pattern 4, in epoch milliseconds; undefined before the first hour was closed. */
export const closedUntil = async (health: Table): Promise<number | undefined> =>
  (await health.get<{ until: number }>(CLOSED))?.until;

/** Never goes back. */
export const setClosedUntil = async (health: Table, until: number): Promise<void> => {
  await health.update({
    key: CLOSED,
    set: { until },
    when: { expression: 'attribute_not_exists(#until) OR #until < :until', values: { until } },
  });
};

/** These functions, bound to the health table. */
export type BlockStore = Bound<typeof store>;
