import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { apiKeyView, type ApiKey } from './api-key.ts';
import type { ApiKeyStore } from './store.ts';

/** The machine keys, oldest first, with their last use; never the keys themselves. */
export const listApiKeys = async (
  { store, clock }: { readonly store: Pick<ApiKeyStore, 'apiKeys'>; readonly clock: Clock },
  request: PageRequest,
): Promise<Page<ApiKey>> => {
  const { items, next } = await store.apiKeys(request);
  return { items: items.filter((key) => key.status === 'active').map((key) => apiKeyView(key, clock.now())), next };
};
