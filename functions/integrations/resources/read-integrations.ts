import type { Clock } from '../../../shared/kernel/clock.ts';
import { integrationView, noSuchIntegration, type Integration } from './integration.ts';
import type { IntegrationStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly integrations: Pick<IntegrationStore, 'byId' | 'list' | 'seenOf' | 'seenOfAll'>;
}

/** All integrations, oldest first. */
export const listIntegrations = async ({
  clock,
  integrations,
}: Deps): Promise<{ readonly items: Integration[]; readonly next: null }> => {
  const [all, seen] = await Promise.all([integrations.list(), integrations.seenOfAll()]);
  return { items: all.map((each) => integrationView(each, seen.get(each.id), clock.now())), next: null };
};

/** One integration, with what was seen of it. */
export const getIntegration = async (
  { clock, integrations }: Deps,
  { id }: { readonly id: string },
): Promise<Integration> => {
  const [found, seen] = await Promise.all([integrations.byId(id), integrations.seenOf(id)]);
  if (!found) throw noSuchIntegration();
  return integrationView(found, seen, clock.now());
};
