import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import type { StatedState } from './component-state.ts';
import { findPage } from './find-page.ts';
import { noSuchComponent, pageView, type Page } from './page.ts';
import type { PageStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly pages: Pick<PageStore, 'byId' | 'save'>;
}

/**
 * Sets the state of a component, which goes before its monitors until it is `automatic` again. The last of two people at once
 * decides.
 */
export const setComponentState = (
  deps: Deps,
  request: Request,
  {
    id,
    component,
    state,
  }: { readonly id: string; readonly component: string; readonly state: StatedState | 'automatic' },
): Promise<Page> =>
  untilWritten(async () => {
    const page = await findPage(deps, id);
    if (!page.components.some((each) => each.id === component)) throw noSuchComponent();
    const at = deps.clock.now();
    const { [component]: _before, ...others } = page.stated;
    const stated =
      state === 'automatic'
        ? others
        : { ...others, [component]: { state, at: at.toISOString(), by: request.caller.name } };
    const next = { ...savedVersion('status_page', id, page, page, { ...request, at }), stated };
    return (await deps.pages.save(next)) ? pageView(next) : OVERTAKEN;
  });
