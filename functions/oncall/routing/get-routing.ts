import { routingView, type Routing } from './rule.ts';
import type { RoutingStore } from './store.ts';

interface Deps {
  readonly routing: Pick<RoutingStore, 'current'>;
}

/** The rules that hold now. */
export const getRouting = async ({ routing }: Deps): Promise<Routing> =>
  routingView(await routing.current({ consistent: true }));
