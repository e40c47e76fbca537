import type { Condition, Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { PAGES, RENDERED } from '../table.ts';
import type { StoredPage } from './page.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions PAGE and RENDERED belong to this room.
 *
 *  #  question                                            key
 *  1  a page by id                                        part = PAGE, item = id
 *  2  all pages                                           part = PAGE
 *  3  which rendering of a page was begun last            part = RENDERED, item = id
 */

/** The functions of this file over a table. */
export type PageStore = Bound<typeof store>;

const bare = ({ part: _, item: _item, ...page }: StoredPage & Key): StoredPage => page;

const isBefore = (version: number): Condition =>
  version === 1
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version - 1 } };

/** Access pattern 1. Also answers a deleted page, marked as deleted. */
export const byId = async (status: Table, id: string): Promise<StoredPage | undefined> => {
  const page = await status.get<StoredPage & Key>({ part: PAGES, item: id }, { consistent: true });
  return page && bare(page);
};

/** Access pattern 2. Deleted pages are among them. */
export const list = async (status: Table): Promise<StoredPage[]> =>
  (await status.every<StoredPage & Key>({ where: '#part = :part', values: { part: PAGES }, consistent: true })).map(
    bare,
  );

/** Writes the next version. False where the one that was read has changed in between. */
export const save = async (status: Table, next: StoredPage): Promise<boolean> =>
  (await status.put({ part: PAGES, item: next.id, ...next }, isBefore(next.version))).done;

/**
 * Access pattern 3: the number of a rendering that begins now, greater than all before. A reader that took its number first sees all that
 * was stored when a lesser number was taken. It is the millisecond at least, so it is greater than those in the bucket, too, after
 * the table was restored.
 */
export const takeRevision = async (status: Table, id: string, at: Date): Promise<number> => {
  const key = { part: RENDERED, item: id };
  const now = at.getTime();
  const { done } = await status.update({
    key,
    set: { revision: now },
    when: { expression: 'attribute_not_exists(#revision) OR #revision < :now', values: { now } },
  });
  if (done) return now;
  const { item } = await status.update<{ revision: number }>({ key, add: { revision: 1 } });
  return item?.revision ?? now;
};
