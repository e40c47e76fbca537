import type { Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { AuditEntry } from '../entry.ts';
import { entryOf, isFiled, type LateItem, type Stored } from '../store.ts';
import { CHECKPOINTS, LATE } from '../table.ts';
import { headOf, lineOf, linkOf, type Checkpoint, type Links, type Window } from './checkpoint.ts';
import type * as store from './store.ts';

/*
 * Access patterns of the audit table
 *
 *  #  question                                              key
 *  1  the entries of a window, in the order of the chain    month = 2026-11, position between its bounds, without late ones
 *  2  … and then those that were stored late in it          month = late, position between its bounds; then their keys
 *  3  the checkpoints of a range, oldest first              month = checkpoint, position = where the window begins
 *  4  the last checkpoint before an instant                 the same, newest first
 */

/** After every window. */
export const FOREVER = '9999-12-31T23:59:59.999Z';

const DAY_SECONDS = 86_400;
/** A checkpoint outlives the entries that it covers, so that the next ones can be seen to follow it. */
const OUTLIVES_DAYS = 2;

export type ChainStore = Bound<typeof store>;

/** The audit table, and for how many days it keeps entries. */
export interface ChainTable extends Table {
  readonly retentionDays: number;
}

type StoredCheckpoint = Checkpoint & { readonly month: typeof CHECKPOINTS; readonly position: string };

const checkpointOf = (stored: Checkpoint): Checkpoint => ({ ...headOf(stored), signature: stored.signature });

/** Adds a checkpoint. Answers the one that is there: this one, or the one that another writer added before. */
export const addCheckpoint = async (audit: ChainTable, checkpoint: Checkpoint): Promise<Checkpoint> => {
  const ttl = Math.floor(Date.parse(checkpoint.to) / 1000) + (audit.retentionDays + OUTLIVES_DAYS) * DAY_SECONDS;
  const { item } = await audit.put<StoredCheckpoint & { readonly ttl: number }>(
    { ...checkpoint, month: CHECKPOINTS, position: checkpoint.from, ttl },
    { expression: 'attribute_not_exists(#month)' },
  );
  return checkpointOf(item ?? checkpoint);
};

/** Access pattern 3: the checkpoints whose windows begin from `from` on and before `to`, at most so many. */
export const checkpointsBetween = async (
  audit: ChainTable,
  { from, to }: Window,
  limit: number,
): Promise<readonly Checkpoint[]> => {
  const last = justBefore(to);
  // DynamoDB refuses bounds in the wrong order.
  if (from > last) return [];
  const { items } = await audit.queryOnce<StoredCheckpoint>(
    {
      where: '#month = :month AND #position BETWEEN :from AND :to',
      values: { month: CHECKPOINTS, from, to: last },
      consistent: true,
    },
    limit,
  );
  return items.map(checkpointOf);
};

/** Access pattern 4: the last checkpoint, or the last whose window begins before an instant. */
export const checkpointBefore = async (audit: ChainTable, instant = FOREVER): Promise<Checkpoint | undefined> => {
  const { items } = await audit.queryOnce<StoredCheckpoint>(
    {
      where: '#month = :month AND #position BETWEEN :first AND :last',
      values: { month: CHECKPOINTS, first: '0', last: justBefore(instant) },
      newestFirst: true,
      consistent: true,
    },
    1,
  );
  return items.map(checkpointOf)[0];
};

/** Where the next page of a window begins. */
export interface WindowPosition {
  readonly isLate: boolean;
  readonly after?: string | undefined;
}

/** A page of a window. */
export interface WindowPage {
  /** In the order of the chain. */
  readonly entries: readonly AuditEntry[];
  /** The number of entries that a list they belong to does not find. */
  readonly hidden: number;
  /** When entries of this time were stored that belong to another window, because they were late. */
  readonly lateOnes: readonly string[];
  /** The number of entries that claim to be late, and are in no window. */
  readonly stray: number;
  /** Undefined after the last page. */
  readonly next: WindowPosition | undefined;
}

/** Access patterns 1 and 2: a page of the entries of a window. */
export const pageOf = async (
  audit: ChainTable,
  { from, to }: Window,
  start: WindowPosition = { isLate: false },
  limit?: number,
): Promise<WindowPage> => {
  // A window lies within a day, so its timely entries lie within a month.
  const month = start.isLate ? LATE : from.slice(0, 7);
  const { items, last } = await audit.queryOnce<Stored | LateItem>(
    {
      where: '#month = :month AND #position BETWEEN :from AND :to',
      // A position is longer than its instant, so none is equal to the end.
      values: { month, from, to },
      consistent: true,
    },
    limit,
    start.after === undefined ? undefined : { month, position: start.after },
  );
  const next = last && { isLate: start.isLate, after: String(last['position']) };
  const ofThese = <T>(keys: readonly Key[]): Promise<T[]> =>
    keys.length === 0 ? Promise.resolve([]) : audit.many<T>(keys, { consistent: true });
  if (start.isLate) {
    const found = await ofThese<Stored>(
      (items as LateItem[]).map(({ of }) => ({ month: of.month, position: of.position })),
    );
    return {
      entries: found.map(entryOf),
      hidden: found.filter((item) => !isFiled(item)).length,
      lateOnes: [],
      stray: 0,
      next,
    };
  }
  const stored = items as Stored[];
  const late = stored.filter(isStoredLate);
  const dated = late.filter((item) => !Number.isNaN(Date.parse(item.late)));
  const pointers = await ofThese(dated.map((item) => ({ month: LATE, position: `${item.late}#${item.position}` })));
  const timely = stored.filter((item) => !isStoredLate(item));
  return {
    entries: timely.map(entryOf),
    hidden: timely.filter((item) => !isFiled(item)).length,
    lateOnes: dated.map((item) => new Date(item.late).toISOString()),
    stray: late.length - pointers.length,
    next: next ?? { isLate: true },
  };
};

const isStoredLate = (item: Stored): item is Stored & { readonly late: string } => item.late !== undefined;

/** A window as it is in the table: its entries as links after the hash of the checkpoint before, and what is odd about them. */
export interface WindowContent extends Links, Pick<WindowPage, 'hidden' | 'lateOnes' | 'stray'> {}

/** Reads a window whole. */
export const contentOf = async (audit: ChainTable, window: Window, previous: string): Promise<WindowContent> => {
  let link = previous;
  let [entries, hidden, stray] = [0, 0, 0];
  const lateOnes: string[] = [];
  let start: WindowPosition | undefined = { isLate: false };
  do {
    const page: WindowPage = await pageOf(audit, window, start);
    for (const entry of page.entries) link = linkOf(link, lineOf(entry));
    entries += page.entries.length;
    hidden += page.hidden;
    stray += page.stray;
    lateOnes.push(...page.lateOnes);
    start = page.next;
  } while (start);
  return { entries, link, hidden, stray, lateOnes };
};

/** The last text before all that begin with an instant. */
const justBefore = (instant: string): string => `${instant.slice(0, -1)}!`;
