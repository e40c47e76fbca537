import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { apiKeyView, type ApiKey } from './api-key.ts';
import type { ApiKeyStore } from './store.ts';

/** The machine keys with their last use, oldest first. Never shows the keys themselves. */
export const listApiKeys = async (
  { store, clock }: { readonly store: Pick<ApiKeyStore, 'listApiKeys'>; readonly clock: Clock },
  request: PageRequest,
): Promise<Page<ApiKey>> => {
  const { items, next } = await store.listApiKeys(request);
  return { items: items.filter((key) => key.status === 'active').map((key) => apiKeyView(key, clock.now())), next };
};
