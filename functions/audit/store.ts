import * as z from 'zod/mini';
import type { Table } from '../../shared/aws/dynamo.ts';
import type { Bound } from '../../shared/kernel/bound.ts';
import { decodeCursor, encodeCursor, type Page, type PageRequest } from '../../shared/kernel/page.ts';
import type { AuditEntry, AuditFilter } from './entry.ts';
import type * as store from './store.ts';
import { ACTION_INDEX, ACTOR_INDEX, OUTCOME_INDEX } from './table.ts';

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
 */

const DAY_SECONDS = 86_400;

type Stored = AuditEntry & { readonly month: string; readonly position: string };

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

/** Adds an entry. The same entry again changes nothing. */
export const add = async (audit: AuditTable, entry: AuditEntry): Promise<void> => {
  const month = monthOf(entry.at);
  await audit.put(
    {
      ...entry,
      month,
      position: `${entry.at}#${entry.id}`,
      ...(entry.actor.id && { actorKey: `${entry.actor.id}#${month}` }),
      actionKey: `${entry.action}#${month}`,
      ...(entry.outcome !== 'success' && { outcomeKey: `${entry.outcome}#${month}` }),
      ttl: Math.floor(Date.parse(entry.at) / 1000) + audit.retentionDays * DAY_SECONDS,
    },
    { expression: 'attribute_not_exists(#month)' },
  );
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
    items.push(...found.filter(({ at }) => at >= oldest).map(entryOf));
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

const entryOf = ({
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
}: Stored): AuditEntry => ({
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
