import type { Condition, Key, Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { sortableInstant } from '../../../shared/kernel/ids.ts';
import { LINKS_PREFIX, NOTICES_PREFIX } from '../table.ts';
import type { StoredPage } from '../pages/page.ts';
import type { StoredNotice } from './notice.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions NOTICE#… and LINK#… belong to this room.
 *
 *  #  question                                            key
 *  1  a notice of a page by id                            part = NOTICE#page, item = id
 *  2  the notices of a page, newest first                 part = NOTICE#page, item from when the page was made
 *  3  which notice is about an incident                   part = LINK#page, item = incident
 */

/** The functions of this file over a table. */
export type NoticeStore = Bound<typeof store>;

const partOf = (page: string): string => `${NOTICES_PREFIX}${page}`;

const linkOf = (page: string, incidentId: string): Key => ({ part: `${LINKS_PREFIX}${page}`, item: incidentId });

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

/**
 * Access pattern 2. Withdrawn notices are left out, so a page may be short although more follow. Notices of a page that was deleted
 * before are not among those of its successor.
 */
export const list = async (
  status: Table,
  { id: page, createdAt }: Pick<StoredPage, 'id' | 'createdAt'>,
  request: PageRequest,
): Promise<Page<StoredNotice>> => {
  const { items, next } = await status.page<StoredNotice & Key>(
    {
      where: '#part = :part AND #item >= :first',
      values: { part: partOf(page), first: `ntc_${sortableInstant(new Date(createdAt))}` },
      newestFirst: true,
      consistent: true,
    },
    request,
  );
  return { items: items.map(bare).filter(({ withdrawn }) => !withdrawn), next };
};

/** Access pattern 3. */
export const aboutIncident = async (
  status: Table,
  page: string,
  incidentId: string,
): Promise<StoredNotice | undefined> => {
  const link = await status.get<{ noticeId: string }>(linkOf(page, incidentId), { consistent: true });
  return link && byId(status, page, link.noticeId);
};

/**
 * Makes a notice. One about an incident takes the place of the notice `former` about it, undefined where there is none; false where
 * another has taken that place in between.
 */
export const create = async (
  status: Table,
  notice: StoredNotice,
  former: StoredNotice | undefined,
): Promise<boolean> => {
  const { page, incidentId, id } = notice;
  const put = { part: partOf(page), item: id, ...notice };
  if (incidentId === null) return (await status.put(put, isBefore(1))).done;
  return status.transact([
    { put, when: isBefore(1) },
    {
      put: { ...linkOf(page, incidentId), noticeId: id },
      when: former
        ? { expression: '#noticeId = :former', values: { former: former.id } }
        : { expression: 'attribute_not_exists(#part)' },
    },
  ]);
};

/** Writes the next version. False where the one that was read has changed in between. */
export const save = async (status: Table, next: StoredNotice): Promise<boolean> =>
  (await status.put({ part: partOf(next.page), item: next.id, ...next }, isBefore(next.version))).done;
