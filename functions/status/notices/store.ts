import type { Condition, Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { NOTICES_PREFIX } from '../table.ts';
import type { StoredNotice } from './notice.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions NOTICE#… belong to this room.
 *
 *  #  question                                            key
 *  1  a notice of a page by id                            part = NOTICE#page, item = id
 *  2  the notices of a page, newest first                 part = NOTICE#page
 */

/** The functions of this file over a table. */
export type NoticeStore = Bound<typeof store>;

const partOf = (page: string): string => `${NOTICES_PREFIX}${page}`;

const bare = ({ part: _, item: _item, ...notice }: StoredNotice & Key): StoredNotice => notice;

const isBefore = (version: number): Condition =>
  version === 1
    ? { expression: 'attribute_not_exists(#part)' }
    : { expression: '#version = :expected', values: { expected: version - 1 } };

/** Access pattern 1. Also answers a notice that was withdrawn, marked so. */
export const byId = async (status: Table, page: string, id: string): Promise<StoredNotice | undefined> => {
  const notice = await status.get<StoredNotice & Key>({ part: partOf(page), item: id }, { consistent: true });
  return notice && bare(notice);
};

/** Access pattern 2. Withdrawn notices are left out, so a page may be short although more follow. */
export const list = async (status: Table, page: string, request: PageRequest): Promise<Page<StoredNotice>> => {
  const { items, next } = await status.page<StoredNotice & Key>(
    { where: '#part = :part', values: { part: partOf(page) }, newestFirst: true, consistent: true },
    request,
  );
  return { items: items.map(bare).filter(({ withdrawn }) => !withdrawn), next };
};

/** Writes the next version. False where the one that was read has changed in between. */
export const save = async (status: Table, next: StoredNotice): Promise<boolean> =>
  (await status.put({ part: partOf(next.page), item: next.id, ...next }, isBefore(next.version))).done;
