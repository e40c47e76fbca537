import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { inUse } from '../../../shared/kernel/named.ts';
import { deletedVersion } from '../../../shared/kernel/versions.ts';
import { noSuchPolicy } from './policy.ts';
import type { PolicyStore } from './store.ts';

export interface RemovePolicyDeps {
  readonly clock: Clock;
  readonly policies: Pick<PolicyStore, 'byId' | 'save'>;
  /** Services and routing rules that name the policy. */
  readonly goingBy: (id: string) => Promise<readonly { readonly name: string }[]>;
}

/**
 * Deletes a policy. Running escalations keep the version that they began with. Throws `policy.in_use` while services or
 * routing rules name it, and lists them.
 */
export const removePolicy = async (
  { clock, policies, goingBy }: RemovePolicyDeps,
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const policy = await policies.byId(id);
  if (!policy || policy.deleted) throw noSuchPolicy();
  const users = await goingBy(id);
  if (users.length > 0) throw inUse('policy', users);
  const gone = await policies.save(deletedVersion('policy', policy, { caller, origin, at: clock.now() }));
  if (!gone) throw conflict('policy.changed', 'Somebody changed the policy at the same moment. Read it and try again.');
};
