import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { contactPart, waitItem } from '../digests/waiting.ts';
import { expiry, newPages, pageItem, partOf, PAGE, type PagingTable } from '../ledger.ts';
import { alertSubject, type Subject } from '../subject.ts';
import { roundOf, type StoredPage } from './page.ts';

/*
 * Access patterns. The items PAGE#… and ASKED#… in the partitions ALERT#… and INCIDENT#… belong to this room.
 *
 *  #  question                                            index      key
 *  1  the pages of an alert, in the order of steps        table      part = ALERT#id, item begins with PAGE#
 *  2  a page                                              table      part = ALERT#id, item = PAGE#key
 *  3  the pages of the round that a page is of            table      part = ALERT#id, item begins with PAGE#round
 *  4  when a person was last asked for by name            table      part = ALERT#id, item = ASKED#user
 */

const ASKED = 'ASKED#';
const DAY_SECONDS = 86_400;
const WAITS_SECONDS = 2 * DAY_SECONDS;
const ATTEMPTS = 3;

/** A person was asked for by name: when last, by which pages, and how often in all. */
export interface AskedFor {
  readonly userId: string;
  readonly askedAt: string;
  readonly keys: readonly string[];
  readonly times: number;
}

/** No other sender has had it since it was read. */
const untouched = ({ status, attempts, dueAt = '' }: StoredPage) => ({
  expression: '#status = :status AND #attempts = :attempts AND #dueAt = :dueAt',
  values: { status, attempts, dueAt },
});

/** Access pattern 2. */
export const page = (paging: PagingTable, subject: Subject, key: string): Promise<StoredPage | undefined> =>
  paging.get<StoredPage>({ part: partOf(subject), item: PAGE + key }, { consistent: true });

/** Access pattern 1. */
export const pages = (paging: Table, subject: Subject, request: PageRequest): Promise<Page<StoredPage>> =>
  paging.page<StoredPage>(
    {
      where: '#part = :part AND begins_with(#item, :prefix)',
      values: { part: partOf(subject), prefix: PAGE },
      consistent: true,
    },
    request,
  );

/** Access pattern 3: the page itself among them. */
export const pagesOfRound = (paging: PagingTable, { subject, key }: StoredPage): Promise<StoredPage[]> =>
  paging.every<StoredPage>({
    where: '#part = :part AND begins_with(#item, :round)',
    values: { part: partOf(subject), round: PAGE + roundOf(key) },
    consistent: true,
  });

/** Puts a page in the place of what was read; false where another sender was faster. */
export const savePage = async (
  paging: PagingTable,
  before: StoredPage,
  after: StoredPage,
  at: Date,
): Promise<boolean> => (await paging.put(pageItem(paging, after, at), untouched(before))).done;

/** Puts what became of a page that was sent in its place; false where that is known already. */
export const settle = async (
  paging: PagingTable,
  before: StoredPage,
  after: StoredPage,
  at: Date,
): Promise<boolean> => {
  const { status, providerId } = before;
  const asSent = {
    expression: '#status = :status AND #providerId = :providerId AND attribute_not_exists(#deliveredAt)',
    values: { status, providerId },
  };
  return (await paging.put(pageItem(paging, after, at), asSent)).done;
};

/** Puts a page off, and writes by the same write that it waits for its contact; false where another sender was faster. */
export const postpone = (paging: PagingTable, before: StoredPage, after: StoredPage, at: Date): Promise<boolean> =>
  paging.transact([
    { put: pageItem(paging, after, at), when: untouched(before) },
    {
      put: {
        part: contactPart(after.contactId ?? ''),
        item: waitItem(after),
        subject: after.subject,
        key: after.key,
        ttl: Math.floor(at.getTime() / 1000) + WAITS_SECONDS,
      },
    },
  ]);

/**
 * Writes pages that belong to no step, all or none; false where they were written before. Rejects where something
 * stands in the way again and again.
 */
export const call = async (paging: PagingTable, pages: readonly StoredPage[], at: Date): Promise<boolean> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await paging.transact(newPages(paging, pages, at))) return true;
    // DynamoDB may refuse both of two transactions that meet. Then neither has written its page.
    const present = await Promise.all(pages.map(({ subject, key }) => page(paging, subject, key)));
    if (present.some((each) => each !== undefined)) return false;
  }
  throw new Error(`The pages of ${pages[0]?.subject.id} were not written`);
};

/** Access pattern 4. */
export const askedFor = (paging: PagingTable, alertId: string, userId: string): Promise<AskedFor | undefined> =>
  paging.get<AskedFor>({ part: partOf(alertSubject(alertId)), item: ASKED + userId }, { consistent: true });

/**
 * Writes the pages by which a person is asked for, all or none, where the last time that was read still is the last;
 * false where another request asked for the person since, whichever step the escalation was at.
 */
export const ask = async (
  paging: PagingTable,
  pages: readonly StoredPage[],
  {
    alertId,
    userId,
    before,
  }: { readonly alertId: string; readonly userId: string; readonly before: AskedFor | undefined },
  at: Date,
): Promise<boolean> => {
  const times = before?.times ?? 0;
  const now: AskedFor = {
    userId,
    askedAt: at.toISOString(),
    keys: pages.map(({ key }) => key),
    times: times + 1,
  };
  const claim = {
    put: { part: partOf(alertSubject(alertId)), item: ASKED + userId, ...now, ...expiry(paging, at) },
    when: before ? { expression: '#times = :times', values: { times } } : { expression: 'attribute_not_exists(#part)' },
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await paging.transact([claim, ...newPages(paging, pages, at)])) return true;
    // Of two transactions that meet both may be refused: then nothing is written yet.
    if (((await askedFor(paging, alertId, userId))?.times ?? 0) !== times) return false;
  }
  throw new Error(`The pages of ${alertId} were not written`);
};
