import { noSuchPage, type StoredPage } from './page.ts';
import type { PageStore } from './store.ts';

export interface FindDeps {
  readonly pages: Pick<PageStore, 'byId'>;
}

/** A page that was not deleted. Throws `status_page.not_found`. */
export const findPage = async ({ pages }: FindDeps, id: string): Promise<StoredPage> => {
  const page = await pages.byId(id);
  if (!page || page.deleted) throw noSuchPage();
  return page;
};
