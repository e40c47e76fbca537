import type { StoredIntegration } from '../resources/integration.ts';
import type { Limit } from '../resources/limit.ts';
import { throttled } from './refusal.ts';

export interface AdmitDeps {
  readonly limit: Limit;
}

/** Refuses a request beyond the limit of the integration. */
export const admit = async ({ limit }: AdmitDeps, integration: StoredIntegration): Promise<void> => {
  const wait = await limit(integration);
  if (wait !== undefined) throw throttled(wait);
};
