import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { pagingConcern, type ConcernDeps } from './escalations/concern.ts';
import { escalated } from './escalations/store.ts';
import { PAGING_GRANTS } from './grants.ts';

/** What other contexts may ask of paging: which alerts it follows. */

/** Finds which transitions of a batch concern paging. The caller brings the policies and the routing of the batch. */
export const pagingConcernReader = /* @__PURE__ */ capability(PAGING_GRANTS.concern, () => {
  const escalations = bound({ escalated }, table(dynamoClient(), readEnv(['PAGING_TABLE']).PAGING_TABLE));
  return (deps: Omit<ConcernDeps, 'escalations'>, batch: Parameters<typeof pagingConcern>[1]) =>
    pagingConcern({ ...deps, escalations }, batch);
});
