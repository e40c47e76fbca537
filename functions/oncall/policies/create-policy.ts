import type { Request } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { CreatePolicy, Policy } from './policy.ts';
import { savePolicy, type SavePolicyDeps } from './save-policy.ts';

/** Makes a policy under a new id. */
export const createPolicy = (deps: SavePolicyDeps, request: Request, policy: CreatePolicy): Promise<Policy> =>
  savePolicy(deps, request, { ...policy, id: newId('pol', deps.clock.now()), version: 0 });
