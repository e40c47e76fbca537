import type { Page as ListPage } from '../../../shared/kernel/page.ts';
import { pageView, type Page } from './page.ts';
import type { PageStore } from './store.ts';

interface Deps {
  readonly pages: Pick<PageStore, 'list'>;
}

/** All pages, by their ids. */
export const listPages = async ({ pages }: Deps): Promise<ListPage<Page>> => ({
  items: (await pages.list()).filter(({ deleted }) => !deleted).map(pageView),
  next: null,
});
