import type { CatalogueStore } from '../catalogue/store.ts';
import { decided, route, type Decision, type Routable, type Trace } from './route.ts';
import { NO_ROUTING } from './rule.ts';
import type { RoutingStore } from './store.ts';

export interface DecideDeps {
  readonly routing: Pick<RoutingStore, 'current'>;
  readonly catalogue: Pick<CatalogueStore, 'serviceByName'>;
}

/** Which way an event goes at an instant, by the rules, its service and the catch-all, and why. Writes nothing. */
export const decide = async (
  { routing, catalogue }: DecideDeps,
  event: Routable,
  at: Date,
): Promise<{ readonly decision: Decision; readonly trace: readonly Trace[] }> => {
  const { rules, catchAll } = (await routing.current()) ?? NO_ROUTING;
  const routed = route(event, rules, at);
  const name = routed.said.service ?? event.service;
  // The name of a service is looked for as a key, which is never empty.
  const service = name ? await catalogue.serviceByName(name) : undefined;
  return { decision: decided(event, routed, service?.policyId ?? null, catchAll.policyId), trace: routed.trace };
};
