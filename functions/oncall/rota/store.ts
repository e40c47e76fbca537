import type { Table, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { SHIFT_STARTED, type ShiftEnded, type ShiftStarted } from '../events.ts';
import { DUE_INDEX, PART } from '../table.ts';
import { isId } from '../vocabulary.ts';
import type { Hands } from './duty.ts';
import { MAX_FEEDS, type Feed, type Shown } from './feed.ts';
import type { StoredOverride } from './override.ts';
import type { StoredSchedule } from './schedule.ts';
import type { StoredSwap } from './swap.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions SCHEDULE, SCHEDULE#…, DUTY, OVERRIDE#…, FEED#…, SWAP, START#… and END#… belong to this room.
 *
 *  #  question                                               index   key
 *  1  schedules, oldest first                                table   part = SCHEDULE, item = id
 *  2  who is on call                                         table   part = DUTY, item = schedule id
 *  3  who is on call, in all schedules                       table   part = DUTY
 *  4  overrides of a schedule that end after an instant      table   part = OVERRIDE#schedule, item > end
 *  5  which schedules have a hand-off                        due     due = HANDOFF, dueAt up to now
 *  6  the calendar links of a schedule                       table   part = FEED#schedule, item = feed id
 *  7  requests to swap, newest first                         table   part = SWAP, item = id
 *
 * Every change of who is on call writes the coming shifts (DUTY) again in the same transaction, on the condition that nobody has
 * written them since they were read. So they always match the schedule and its overrides, even if two functions write at once.
 * Only the stream reads the beginnings and ends of shifts (START#schedule, END#schedule).
 */

const { schedule: SCHEDULE, duty: DUTY, overrides: OVERRIDES } = PART;
const SWAP = 'SWAP';
const HANDOFF = 'HANDOFF';
const DAY_SECONDS = 86_400;
/** An override is stored for a year and a month after its end. */
const OVERRIDE_DAYS = 400;
const SWAP_DAYS = 400;

const MOST_OVERRIDES_READ = 5_000;
const MOST_SCHEDULES = 10_000;

/** The coming shifts of a schedule, as they are stored. */
export interface StoredDuty extends Hands {
  readonly scheduleId: string;
  readonly name: string;
  readonly timeZone: string;
  /** Moves with every write. */
  readonly revision: number;
  /** Who was on call when the minute tick last looked. */
  readonly told: readonly string[];
  /** When the minute tick must check the schedule next; RFC 3339 UTC. */
  readonly dueAt: string;
}

/** A further write that goes with new shifts, all or none. */
export type Beside =
  | { readonly schedule: StoredSchedule }
  | { readonly override: StoredOverride }
  | { readonly withoutOverride: StoredOverride; readonly event: AuditEvent }
  | { readonly swap: StoredSwap }
  | { readonly handOff: ShiftStarted | ShiftEnded };

export type ScheduleStore = Bound<typeof store>;

/** Access pattern 1. */
export const schedules = (oncall: Table, page: PageRequest): Promise<Page<StoredSchedule>> =>
  oncall.page({ where: '#part = :part', values: { part: SCHEDULE } }, page);

/** Access pattern 1, all of them. */
export const allSchedules = (oncall: Table): Promise<StoredSchedule[]> =>
  oncall.all({ where: '#part = :part', values: { part: SCHEDULE } }, MOST_SCHEDULES);

export const byId = async (oncall: Table, id: string): Promise<StoredSchedule | undefined> =>
  isId(id) ? oncall.get({ part: SCHEDULE, item: id }, { consistent: true }) : undefined;

/** Access pattern 2: half a read unit. It may be behind by as long as DynamoDB's copies are, well under a second. */
export const duty = async (oncall: Table, id: string): Promise<StoredDuty | undefined> =>
  isId(id) ? oncall.get({ part: DUTY, item: id }) : undefined;

export const dutyNow = async (oncall: Table, id: string): Promise<StoredDuty | undefined> =>
  isId(id) ? oncall.get({ part: DUTY, item: id }, { consistent: true }) : undefined;

/** Access pattern 3. */
export const duties = (oncall: Table, page: PageRequest): Promise<Page<StoredDuty>> =>
  oncall.page({ where: '#part = :part', values: { part: DUTY } }, page);

/** Access pattern 4. */
export const overrides = async (oncall: Table, scheduleId: string, endingAfter: number): Promise<StoredOverride[]> => {
  if (!isId(scheduleId)) return [];
  return oncall.all(
    {
      where: '#part = :part AND #item > :end',
      values: { part: OVERRIDES + scheduleId, end: `${new Date(endingAfter).toISOString()}~` },
      consistent: true,
    },
    MOST_OVERRIDES_READ,
  );
};

/** Access pattern 5. */
export const due = async (oncall: Table, now: Date, limit: number): Promise<string[]> => {
  const { items } = await oncall.page<{ item: string }>(
    { index: DUE_INDEX, where: '#due = :due AND #dueAt <= :now', values: { due: HANDOFF, now: now.toISOString() } },
    { limit },
  );
  return items.map(({ item }) => item);
};

/**
 * Writes the coming shifts with their transition, if nobody has written since they were read; else false. Revision 1 is the first.
 */
export const save = (oncall: Table, next: StoredDuty, beside: readonly Beside[]): Promise<boolean> =>
  oncall.transact([
    {
      put: { ...next, part: DUTY, item: next.scheduleId, due: HANDOFF },
      when:
        next.revision === 1
          ? { expression: 'attribute_not_exists(#part)' }
          : { expression: '#revision = :seen', values: { seen: next.revision - 1 } },
    },
    ...beside.flatMap(writesOf),
  ]);

/** Deletes a schedule whose shifts are those that were read; false where they are not. */
export const remove = (oncall: Table, id: string, revision: number, event: AuditEvent): Promise<boolean> =>
  oncall.transact([
    { delete: { part: DUTY, item: id }, when: { expression: '#revision = :seen', values: { seen: revision } } },
    { delete: { part: SCHEDULE, item: id } },
    goneWrite(id, event),
  ]);

/** Access pattern 6. */
export const feeds = async (oncall: Table, scheduleId: string): Promise<Feed[]> =>
  isId(scheduleId) ? oncall.all({ where: '#part = :part', values: { part: `FEED#${scheduleId}` } }, MAX_FEEDS * 2) : [];

export const feedById = async (oncall: Table, scheduleId: string, id: string): Promise<Feed | undefined> =>
  isId(scheduleId) && isId(id) ? oncall.get({ part: `FEED#${scheduleId}`, item: id }) : undefined;

export const addFeed = async (oncall: Table, feed: Feed): Promise<void> => {
  await oncall.put({ ...feed, part: `FEED#${feed.scheduleId}`, item: feed.id });
};

/** Notes what a calendar link shows, unless the link is gone. */
export const noteShown = async (oncall: Table, { scheduleId, id }: Feed, shown: Shown): Promise<void> => {
  await oncall.update({
    key: { part: `FEED#${scheduleId}`, item: id },
    set: { shown },
    when: { expression: 'attribute_exists(#part)' },
  });
};

/** Ends a calendar link; false where there is none. */
export const removeFeed = (oncall: Table, feed: Feed, event: AuditEvent): Promise<boolean> =>
  oncall.transact([
    {
      delete: { part: `FEED#${feed.scheduleId}`, item: feed.id },
      when: { expression: 'attribute_exists(#part)' },
    },
    goneWrite(feed.id, event),
  ]);

/** Access pattern 7. */
export const swaps = (oncall: Table, page: PageRequest): Promise<Page<StoredSwap>> =>
  oncall.page({ where: '#part = :part', values: { part: SWAP }, newestFirst: true }, page);

export const swapById = async (oncall: Table, id: string): Promise<StoredSwap | undefined> =>
  isId(id) ? oncall.get({ part: SWAP, item: id }, { consistent: true }) : undefined;

export const addSwap = async (oncall: Table, swap: StoredSwap): Promise<void> => {
  await oncall.put(swapItem(swap));
};

/** Writes the answer to a request; false if it was answered already. */
export const answerSwap = async (oncall: Table, swap: StoredSwap): Promise<boolean> => {
  const { done } = await oncall.put(swapItem(swap), STILL_REQUESTED);
  return done;
};

const expiry = (at: number, days: number): number => Math.floor(at / 1000) + days * DAY_SECONDS;

const STILL_REQUESTED = { expression: '#status = :requested', values: { requested: 'requested' } } as const;

const swapItem = (swap: StoredSwap) => ({
  ...swap,
  part: SWAP,
  item: swap.id,
  ttl: expiry(Date.parse(swap.requestedAt), SWAP_DAYS),
});

/** The end is first in the key, so that overrides which are over are not read. */
const overrideKey = ({ scheduleId, to, id }: StoredOverride) => ({
  part: OVERRIDES + scheduleId,
  item: `${to}~${id}`,
});

const writesOf = (beside: Beside): TransactWrite[] => {
  if ('schedule' in beside) return [{ put: { ...beside.schedule, part: SCHEDULE, item: beside.schedule.id } }];
  if ('override' in beside) {
    const { override } = beside;
    return [{ put: { ...override, ...overrideKey(override), ttl: expiry(Date.parse(override.to), OVERRIDE_DAYS) } }];
  }
  if ('withoutOverride' in beside) {
    const { withoutOverride, event } = beside;
    return [{ delete: overrideKey(withoutOverride) }, goneWrite(withoutOverride.id, event)];
  }
  if ('swap' in beside) return [{ put: swapItem(beside.swap), when: STILL_REQUESTED }];
  const { handOff } = beside;
  const part = `${handOff.kind === SHIFT_STARTED ? 'START' : 'END'}#${handOff.scheduleId}`;
  const item = `${handOff.at}#${handOff.userId}`;
  return [{ put: { ...handOff, part, item, ttl: expiry(Date.parse(handOff.at), 7) } }];
};

/** A deletion leaves its last event for a day, so that the stream carries it. */
const goneWrite = (id: string, event: AuditEvent): TransactWrite => ({
  put: { part: `SCHEDULE#GONE#${id}`, item: 'EVENT', event, ttl: expiry(Date.parse(event.at), 1) },
});
