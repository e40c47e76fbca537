import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { contactPart, waitItem, type Waiting } from './waiting.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions CONTACT#… belong to this room; the items WAIT#… are written with the page that waits, by
 * `escalations/store.ts`.
 *
 *  #  question                                          index      key
 *  1  until when a contact has had a page                table      part = CONTACT#id, item = WINDOW
 *  2  which pages wait for the next digest               table      part = CONTACT#id, item begins with WAIT#
 */

/** Until when few are let through, which were, and which of them leads those that have waited. */
interface Window {
  readonly until: string;
  readonly through: readonly string[];
  readonly leads?: string | undefined;
  readonly version: number;
}

const WINDOW = 'WINDOW';
const DAY_SECONDS = 86_400;
/** A digest reports at most this many pages. */
const MOST = 500;

export type DigestStore = Bound<typeof store>;

/**
 * Lets a page through to a contact: the first `burst` of a window, which the first of them opens, and again those that
 * were let through before. Of those that `joins` says have waited one is let through in each window, however many came
 * before it: new ones keep none of them waiting. Answers until when another has to wait; undefined for one
 * that is let through.
 */
export const enter = async (
  paging: Table,
  contactId: string,
  page: Waiting,
  at: Date,
  { windowMs, burst, joins }: { readonly windowMs: number; readonly burst: number; readonly joins: boolean },
): Promise<Date | undefined> => {
  const [part, name] = [contactPart(contactId), waitItem(page)];
  for (;;) {
    const seen = await paging.get<Window>({ part, item: WINDOW }, { consistent: true });
    const isOpen = seen !== undefined && seen.until > at.toISOString();
    if (isOpen && seen.through.includes(name)) return undefined;
    const isFull = joins ? seen?.leads !== undefined : (seen?.through.length ?? 0) >= burst;
    if (isOpen && isFull) return new Date(seen.until);
    const next: Window = {
      until: isOpen ? seen.until : new Date(at.getTime() + windowMs).toISOString(),
      through: isOpen ? [...seen.through, name] : [name],
      leads: joins ? name : isOpen ? seen.leads : undefined,
      version: (seen?.version ?? 0) + 1,
    };
    const { done } = await paging.put(
      { part, item: WINDOW, ...next, ttl: Math.floor(at.getTime() / 1000) + DAY_SECONDS },
      seen
        ? { expression: '#version = :seen', values: { seen: seen.version } }
        : { expression: 'attribute_not_exists(#part)' },
    );
    // A faster sender has let a page through. The window is full after a few of them.
    if (done) return undefined;
  }
};

/** Access pattern 2: five hundred at most. The next digest has the others. */
export const waiting = async (paging: Table, contactId: string): Promise<Waiting[]> =>
  (
    await paging.queryOnce<Waiting>(
      {
        where: '#part = :part AND begins_with(#item, :prefix)',
        values: { part: contactPart(contactId), prefix: 'WAIT#' },
        consistent: true,
      },
      MOST,
    )
  ).items;

export const forget = async (paging: Table, contactId: string, page: Waiting): Promise<void> => {
  await paging.remove({ part: contactPart(contactId), item: waitItem(page) });
};
