import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { CreatePolicy, Policy } from './policy.ts';
import { save, type SaveDeps } from './save.ts';

/** Makes a policy under an id of its own. */
export const create = (deps: SaveDeps, caller: Caller, origin: Origin, request: CreatePolicy): Promise<Policy> =>
  save(deps, caller, origin, newId('pol', deps.clock.now()), { ...request, version: 0 });
