import type { CatalogueStore } from './catalogue/store.ts';
import { DEFAULT_POLICY } from './routing/rule.ts';
import type { RoutingStore } from './routing/store.ts';

/**
 * The services, rules of routing and catch-all that name a policy. That the catch-all goes to `default` asks for no such
 * policy.
 */
export const goingBy = async (
  {
    catalogue,
    routing,
  }: { readonly catalogue: Pick<CatalogueStore, 'allServices'>; readonly routing: Pick<RoutingStore, 'current'> },
  id: string,
): Promise<readonly { readonly name: string }[]> => {
  const [services, current] = await Promise.all([catalogue.allServices(), routing.current({ consistent: true })]);
  return [
    ...services.filter(({ policyId }) => policyId === id).map(({ name }) => ({ name: `the service ${name}` })),
    ...(current?.rules ?? [])
      .filter(({ set }) => set.policyId === id)
      .map(({ name }) => ({ name: `the rule of routing ${name}` })),
    ...(id !== DEFAULT_POLICY && current?.catchAll.policyId === id ? [{ name: 'the catch-all' }] : []),
  ];
};
