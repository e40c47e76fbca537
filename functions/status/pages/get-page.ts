import { findPage, type FindDeps } from './find-page.ts';
import { pageView, type Page } from './page.ts';

/** One page. Throws `status_page.not_found`. */
export const getPage = async (deps: FindDeps, { id }: { readonly id: string }): Promise<Page> =>
  pageView(await findPage(deps, id));
