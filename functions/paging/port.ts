import { dynamoClient } from '../../shared/aws/clients.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { policiesNaming, policyIsThere } from './policies/named.ts';
import { policyStore } from './policies/store.ts';

/*
 * What other contexts may ask of paging: whether there is a policy, and which policies name something of theirs. A function
 * that asks is granted `GetItem` and `Query` of the partition of policies alone.
 */

/** Tells of policies, as they are at this moment. */
export const policyReader = /* @__PURE__ */ once(() => {
  const store = policyStore(dynamoClient(), readEnv(['PAGING_TABLE']).PAGING_TABLE);
  return {
    isThere: (id: string) => policyIsThere(store, id),
    /** The policies whose steps page the schedule or team. */
    naming: (id: string) => policiesNaming(store, id),
  };
});
export type PolicyReader = ReturnType<typeof policyReader>;
