import * as z from 'zod/mini';
import type { Table } from '../../shared/aws/dynamo.ts';
import type { Bound } from '../../shared/kernel/bound.ts';
import { decodeCursor, encodeCursor, type Page, type PageRequest } from '../../shared/kernel/page.ts';
import { isLate } from './chain/checkpoint.ts';
import { AuditEntry, type AuditFilter } from './entry.ts';
import type * as store from './store.ts';
import { ACTION_INDEX, ACTOR_INDEX, LATE, OUTCOME_INDEX } from './table.ts';

/*
 * Access patterns
 *
 *  #  question                                    index     key
 *  1  all entries, newest first                   table     month = 2026-11, position between two instants
 *  2  the entries of one actor                    actor     actorKey = <id>#<month>, position …
 *  3  the entries of one action                   action    actionKey = <action>#<month>, position …
 *  4  failures and denials                        outcome   outcomeKey = <outcome>#<month>, position …
 *
 * `position` is the instant and the id of the entry, so that the same entry twice is the same item. The month bounds the size of
 * a partition; a list goes from the newest month to the oldest in the retention. `outcomeKey` is sparse: successes, which are
 * nearly all entries, are filtered instead. No function changes or deletes an entry; each expires after the retention.
 *
 * An entry that is stored after its hour was closed says when (`late`), and the partition `late` has its key under that instant:
 * `chain/store.ts` reads both.
 */

const DAY_SECONDS = 86_400;

/** What the table adds to an entry, by which lists find it. */
interface Filing {
  readonly month: string;
  readonly position: string;
  readonly actorKey?: string;
  readonly actionKey: string;
  readonly outcomeKey?: string;
}

/** An entry as it is stored. `late` is when it was stored, where its hour was closed then. */
export type Stored = AuditEntry & Filing & { readonly late?: string };

/** Where a late entry is, in the partition `late`. */
export interface LateItem {
  readonly month: typeof LATE;
  /** When it was stored, and its position. */
  readonly position: string;
  readonly of: { readonly month: string; readonly position: string };
}

/** Where the next page begins: the month, and the cursor in it. */
const Position = z.tuple([z.string().check(z.regex(/^\d{4}-(?:0[1-9]|1[0-2])$/)), z.nullable(z.string())]);
type Position = Readonly<z.infer<typeof Position>>;

/** One answer reads at most this many pages of DynamoDB; a filter that matches little then gets a short page. */
const MAX_PAGES = 12;

/** The audit table, and for how many days it keeps entries. */
export interface AuditTable extends Table {
  readonly retentionDays: number;
}

export type AuditStore = Bound<typeof store>;

/** How an entry is filed. */
const filingOf = ({ id, at, actor, action, outcome }: AuditEntry): Filing => {
  const month = monthOf(at);
  return {
    month,
    position: `${at}#${id}`,
    ...(actor.id && { actorKey: `${actor.id}#${month}` }),
    actionKey: `${action}#${month}`,
    ...(outcome !== 'success' && { outcomeKey: `${outcome}#${month}` }),
  };
};

/** Whether an entry is where the chain of the trail reads it. One that somebody put elsewhere is shown to nobody. */
const isInPlace = (item: Stored): boolean => {
  if (!AuditEntry.safeParse(item).success) return false;
  const { month, position } = filingOf(item);
  return item.month === month && item.position === position;
};

/** Whether every list that an entry belongs to finds it. */
export const isFiled = (item: Stored): boolean => {
  if (!isInPlace(item)) return false;
  const filing = filingOf(item);
  return (
    item.actorKey === filing.actorKey && item.actionKey === filing.actionKey && item.outcomeKey === filing.outcomeKey
  );
};

/** Adds an entry. The same entry again changes nothing. */
export const add = async (audit: AuditTable, entry: AuditEntry, now: Date): Promise<void> => {
  const filing = filingOf(entry);
  const { month, position } = filing;
  const expiryAfter = (at: string): number => Math.floor(Date.parse(at) / 1000) + audit.retentionDays * DAY_SECONDS;
  const item = { ...entry, ...filing, ttl: expiryAfter(entry.at) };
  const when = { expression: 'attribute_not_exists(#month)' };
  if (!isLate(entry.at, now)) {
    await audit.put(item, when);
    return;
  }
  const late = now.toISOString();
  // The checkpoint of the hour in which it is stored covers it, and is checked for as long.
  const ttl = expiryAfter(late);
  const pointer: LateItem = { month: LATE, position: `${late}#${position}`, of: { month, position } };
  const isStored = async (): Promise<boolean> =>
    (await audit.get({ month, position }, { consistent: true })) !== undefined;
  const isDone = await audit.transact([{ put: { ...item, late, ttl }, when }, { put: { ...pointer, ttl } }]);
  if (!isDone && !(await isStored())) throw new Error('Another transaction stores this entry: it is tried again');
};

/** Access patterns 1 to 4. A page may be short although more follow; the list ends where `next` is null. */
export const entries = async (
  audit: AuditTable,
  filter: AuditFilter,
  request: PageRequest,
  now: Date,
): Promise<Page<AuditEntry>> => {
  const kept = new Date(now.getTime() - audit.retentionDays * DAY_SECONDS * 1000).toISOString();
  const oldest = [kept, filter.from?.toISOString() ?? ''].sort()[1] ?? kept;
  // No entry is of a later time, but clocks differ.
  const latest = new Date(now.getTime() + DAY_SECONDS * 1000).toISOString();
  const query = { audit: { ...filter, from: filter.from?.toISOString(), to: filter.to?.toISOString() } };
  let position: Position | undefined = request.cursor
    ? decodeCursor(request.cursor, query, Position)
    : [[filter.to?.toISOString() ?? latest, latest].map(monthOf).sort()[0] ?? monthOf(latest), null];
  const items: AuditEntry[] = [];
  for (let pages = 0; position && items.length < request.limit && pages < MAX_PAGES; pages++) {
    const [month, cursor]: Position = position;
    if (month < monthOf(oldest)) return { items, next: null };
    const { items: found, next }: Page<Stored> = await audit.page<Stored>(queryOf(filter, month), {
      limit: request.limit - items.length,
      ...(cursor && { cursor }),
    });
    // An expired entry may lie there for a while.
    items.push(...found.filter((item) => item.at >= oldest && isInPlace(item)).map(entryOf));
    position = [next ? month : monthBefore(month), next];
  }
  const isOver = !position || position[0] < monthOf(oldest);
  return { items, next: isOver ? null : encodeCursor(position, query) };
};

const monthOf = (instant: string): string => instant.slice(0, 7);

const monthBefore = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
};

/** The query that reads the least for a filter; fields that its index does not have are filtered. */
const queryOf = ({ actor, action, outcome, from, to }: AuditFilter, month: string) => {
  const isPrefix = action?.endsWith('*') ?? false;
  const index =
    actor && /^((usr|key)_[0-9a-z]{26}|system:.+)$/.test(actor)
      ? { name: ACTOR_INDEX, attribute: 'actorKey', value: `${actor}#${month}` }
      : action && !isPrefix
        ? { name: ACTION_INDEX, attribute: 'actionKey', value: `${action}#${month}` }
        : outcome && outcome !== 'success'
          ? { name: OUTCOME_INDEX, attribute: 'outcomeKey', value: `${outcome}#${month}` }
          : { name: undefined, attribute: 'month', value: month };
  const clauses = [
    ...(actor ? ['(#actor.#id = :actor OR #actor.#name = :actor)'] : []),
    ...(action ? [isPrefix ? 'begins_with(#action, :action)' : '#action = :action'] : []),
    ...(outcome ? ['#outcome = :outcome'] : []),
  ];
  return {
    ...(index.name && { index: index.name }),
    where: `#${index.attribute} = :partition AND #position BETWEEN :from AND :to`,
    ...(clauses.length > 0 && { filter: clauses.join(' AND ') }),
    values: {
      partition: index.value,
      from: from?.toISOString() ?? '0',
      to: `${to?.toISOString() ?? ''}~`,
      ...(actor && { actor }),
      ...(action && { action: isPrefix ? action.slice(0, -1) : action }),
      ...(outcome && { outcome }),
    },
    newestFirst: true,
  };
};

/** The entry of an item, without what the table adds to it. */
export const entryOf = ({
  id,
  at,
  action,
  actor,
  subject,
  outcome,
  ip,
  userAgent,
  requestId,
  detail,
}: AuditEntry): AuditEntry => ({
  id,
  at,
  action,
  actor,
  subject,
  outcome,
  ip,
  userAgent,
  requestId,
  detail,
});
