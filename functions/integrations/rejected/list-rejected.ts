import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { noSuchIntegration } from '../resources/integration.ts';
import type { IntegrationStore } from '../resources/store.ts';
import { rejectedView, type RejectedEvent } from './rejected.ts';
import type { RejectedStore } from './store.ts';

/** The rejected events of an integration, newest first. Throws `integration.not_found`. */
export const listRejected = async (
  {
    integrations,
    rejected,
  }: { readonly integrations: Pick<IntegrationStore, 'byId'>; readonly rejected: Pick<RejectedStore, 'page'> },
  { id, ...request }: PageRequest & { readonly id: string },
): Promise<Page<RejectedEvent>> => {
  if (!(await integrations.byId(id))) throw noSuchIntegration();
  const { items, next } = await rejected.page(id, request);
  return { items: items.map(rejectedView), next };
};
