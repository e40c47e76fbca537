import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import { findPage } from '../pages/find-page.ts';
import type { PageStore } from '../pages/store.ts';
import { findNotice } from './find-notice.ts';
import { noticeView, type Notice } from './notice.ts';
import type { NoticeStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId'>;
  readonly notices: Pick<NoticeStore, 'byId' | 'list'>;
}

/** The notices of a page, newest first. */
export const listNotices = async (
  deps: Deps,
  { page, limit, cursor }: { readonly page: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Notice>> => {
  const { items, next } = await deps.notices.list(await findPage(deps, page), { limit, cursor });
  return { items: items.map((notice) => noticeView(notice, deps.clock.now())), next };
};

/** One notice. Throws `notice.not_found`. */
export const getNotice = async (deps: Deps, params: { readonly page: string; readonly id: string }): Promise<Notice> =>
  noticeView(await findNotice(deps, params), deps.clock.now());
