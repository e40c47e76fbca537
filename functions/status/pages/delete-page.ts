import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { deletedVersion } from '../../../shared/kernel/versions.ts';
import { findPage } from './find-page.ts';
import { overtaken } from './page.ts';
import type { PageStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId' | 'save'>;
}

/** Deletes a page. Its files are replaced by one that says so within seconds. */
export const deletePage = async (deps: Deps, request: Request, { id }: { readonly id: string }): Promise<void> => {
  const { clock, pages } = deps;
  const page = await findPage(deps, id);
  if (!(await pages.save(deletedVersion('status_page', page, { ...request, at: clock.now() })))) {
    throw overtaken(await pages.byId(id));
  }
};
