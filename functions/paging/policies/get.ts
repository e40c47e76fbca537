import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { noSuchPolicy, policyView, type Policy } from './policy.ts';
import type { PolicyStore } from './store.ts';

/** One policy, in its present version. */
export const get = async ({ store }: { readonly store: Pick<PolicyStore, 'byId'> }, id: string): Promise<Policy> => {
  const policy = await store.byId(id);
  if (!policy || policy.deleted) throw noSuchPolicy();
  return policyView(policy);
};

/** A page of the policies, by id. */
export const list = async (
  { store }: { readonly store: Pick<PolicyStore, 'list'> },
  request: PageRequest,
): Promise<Page<Policy>> => {
  const { items, next } = await store.list(request);
  return { items: items.map(policyView), next };
};
