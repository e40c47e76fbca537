import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { noSuchPolicy, policyView, type Policy } from './policy.ts';
import type { PolicyStore } from './store.ts';

/** One policy, in its present version. */
export const getPolicy = async (
  { policies }: { readonly policies: Pick<PolicyStore, 'byId'> },
  { id }: { readonly id: string },
): Promise<Policy> => {
  const policy = await policies.byId(id);
  if (!policy || policy.deleted) throw noSuchPolicy();
  return policyView(policy);
};

/** A page of the policies, by id. */
export const listPolicies = async (
  { policies }: { readonly policies: Pick<PolicyStore, 'list'> },
  request: PageRequest,
): Promise<Page<Policy>> => {
  const { items, next } = await policies.list(request);
  return { items: items.map(policyView), next };
};
