import type { Clock } from '../../../shared/kernel/clock.ts';
import { relatedServices } from './related.ts';
import { MAX_SERVICES, type StoredService } from './service.ts';
import type { CatalogueStore } from './store.ts';

const FRESH_MS = 60_000;
const MAX_RELATED = 20;

/** Names the services that one depends on, or that depend on it. A result is cached for a minute. */
export const relations = (store: Pick<CatalogueStore, 'services'>, clock: Clock) => {
  let known: { readonly at: number; readonly services: Promise<readonly StoredService[]> } | undefined;

  const all = async (): Promise<readonly StoredService[]> => {
    const found: StoredService[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await store.services({ limit: MAX_SERVICES, ...(cursor && { cursor }) });
      found.push(...page.items);
      cursor = page.next;
    } while (cursor);
    return found;
  };

  return async (service: string): Promise<readonly string[]> => {
    const now = clock.now().getTime();
    if (!known || now - known.at > FRESH_MS) {
      const services = all();
      known = { at: now, services };
      services.catch(() => (known = undefined));
    }
    return relatedServices(await known.services, service, MAX_RELATED);
  };
};
