import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { routingView, type Routing } from './rule.ts';
import type { RoutingStore } from './store.ts';
import { unroutedView, type Unrouted } from './unrouted.ts';

interface Deps {
  readonly routing: Pick<RoutingStore, 'current' | 'unrouted'>;
}

/** The rules that hold now. */
export const getRouting = async ({ routing }: Deps): Promise<Routing> =>
  routingView(await routing.current({ consistent: true }));

/** The unresolved alerts that fell to the catch-all, newest first. */
export const listUnrouted = async ({ routing }: Deps, page: PageRequest): Promise<Page<Unrouted>> => {
  const { items, next } = await routing.unrouted(page);
  return { items: items.map(unroutedView), next };
};
