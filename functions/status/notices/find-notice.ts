import { noSuchNotice, type StoredNotice } from './notice.ts';
import type { NoticeStore } from './store.ts';

/** A notice that was not withdrawn. Throws `notice.not_found`. */
export const findNotice = async (
  { notices }: { readonly notices: Pick<NoticeStore, 'byId'> },
  { page, id }: { readonly page: string; readonly id: string },
): Promise<StoredNotice> => {
  const notice = await notices.byId(page, id);
  if (!notice || notice.withdrawn) throw noSuchNotice();
  return notice;
};
