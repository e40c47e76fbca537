import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { BEAT, DUE_INDEX, expiry, WATCH } from '../table.ts';
import type { Gap } from './past.ts';
import type * as store from './run-store.ts';

/*
 * Access patterns. The partitions RUN#… and WATCH belong to this store.
 *
 *  #  question                                               index   key
 *  1  which monitors are due at a minute                     due     due = POLL#interval#phase, dueAt = id
 *  2  which heartbeats are overdue                           due     due = BEAT, dueAt up to now
 *  3  has a shard of a minute been taken                     table   part = RUN#minute, item = shard
 *     into how many shards a minute is divided               table   part = RUN#minute, item = PLAN
 *  4  the minute up to which the tick has come, and its gaps table   part = WATCH, item = TICK; item begins with GAP#
 */

const MARK = { part: WATCH, item: 'TICK' };

const runPart = (minute: string): string => `RUN#${minute}`;

/** Access pattern 1. */
export const due = async (health: Table, names: readonly string[]): Promise<string[]> => {
  const found = await Promise.all(
    names.map((name) =>
      health.every<{ item: string }>({ index: DUE_INDEX, where: '#due = :due', values: { due: name } }),
    ),
  );
  return found.flat().map(({ item }) => item);
};

/** Access pattern 2: a page of them, the longest overdue first. */
export const overdue = async (health: Table, now: Date, page: PageRequest): Promise<Page<string>> => {
  const { items, next } = await health.page<{ item: string }>(
    { index: DUE_INDEX, where: '#due = :due AND #dueAt <= :now', values: { due: BEAT, now: now.toISOString() } },
    page,
  );
  return { items: items.map(({ item }) => item), next };
};

/** Access pattern 3: settles into how many shards a minute is divided, and answers the number. The first writer decides. */
export const plan = async (health: Table, minute: string, count: number, now: Date): Promise<number> => {
  const { done, item } = await health.update<{ count: number }>({
    key: { part: runPart(minute), item: 'PLAN' },
    set: { count, ttl: expiry(now, 1) },
    when: { expression: 'attribute_not_exists(#part)', values: {} },
  });
  return done ? count : (item?.count ?? count);
};

/**
 * Access pattern 3: takes a shard for `leaseSeconds`, unless it is done or another worker holds it. The lease of a worker that
 * died ends, and another takes the shard.
 */
export const take = async (
  health: Table,
  minute: string,
  shard: string,
  now: Date,
  leaseSeconds: number,
): Promise<'taken' | 'held' | 'done'> => {
  const { done, item } = await health.update<{ done?: boolean }>({
    key: { part: runPart(minute), item: shard },
    set: { leaseUntil: new Date(now.getTime() + leaseSeconds * 1000).toISOString(), ttl: expiry(now, 1) },
    when: {
      expression: 'attribute_not_exists(#part) OR (#leaseUntil <= :now AND attribute_not_exists(#done))',
      values: { now: now.toISOString() },
    },
  });
  return done ? 'taken' : item?.done ? 'done' : 'held';
};

export const finish = async (health: Table, minute: string, shard: string): Promise<void> => {
  await health.update({ key: { part: runPart(minute), item: shard }, set: { done: true } });
};

/** Access pattern 4. */
export const lastTick = async (health: Table): Promise<number | undefined> =>
  (await health.get<{ minute: number }>(MARK, { consistent: true }))?.minute;

/** Moves the mark of the tick on; never back. */
export const ticked = async (health: Table, minute: number): Promise<void> => {
  await health.update({
    key: MARK,
    set: { minute },
    when: { expression: 'attribute_not_exists(#minute) OR #minute < :minute', values: { minute } },
  });
};

export const noteGap = async (health: Table, gap: Gap): Promise<void> => {
  await health.put({ part: WATCH, item: `GAP#${gap.from}`, ...gap });
};

/** Access pattern 4: gaps do not overlap, so only the last that begins before a range reaches into it. */
export const gaps = async (health: Table, from: Date, to: Date): Promise<Gap[]> => {
  const [first, last] = [`GAP#${from.toISOString()}`, `GAP#${to.toISOString()}`];
  const where = '#part = :part AND #item BETWEEN :first AND :last';
  const [earlier, within] = await Promise.all([
    health.queryOnce<Gap>({ where, values: { part: WATCH, first: 'GAP#', last: first }, newestFirst: true }, 1),
    health.every<Gap>({ where, values: { part: WATCH, first: `${first}~`, last } }),
  ]);
  return [...earlier.items, ...within];
};

/** These functions, bound to the health table. */
export type RunStore = Bound<typeof store>;
