import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { refuseUnknown } from '../../../shared/kernel/named.ts';
import { savedVersion } from '../../../shared/kernel/versions.ts';
import { namedIn } from './named.ts';
import { policyView, type Policy, type SavePolicy, type StoredPolicy, type Target } from './policy.ts';
import type { PolicyStore } from './store.ts';

export interface SavePolicyDeps {
  readonly clock: Clock;
  readonly policies: Pick<PolicyStore, 'byId' | 'save'>;
  /** For each kind of target: whether there is one with this id. */
  readonly isThere: Readonly<Record<Target['type'], (id: string) => Promise<boolean>>>;
}

/**
 * Makes or replaces a policy. Running escalations keep the version that they began with. Throws `policy.changed` where
 * `version` is not the present one; a policy that does not exist, or was deleted, is at version 0. Throws `user.unknown`
 * and the like where a step names something that does not exist.
 */
export const savePolicy = async (
  { clock, policies, isThere }: SavePolicyDeps,
  { caller, origin }: Request,
  { id, version: expected, ...rules }: SavePolicy & { readonly id: string },
): Promise<Policy> => {
  const at = clock.now();
  const present = await policies.byId(id);
  const presentVersion = !present || present.deleted ? 0 : present.version;
  if (presentVersion !== expected) throw changed(presentVersion);
  await refuseUnknown(namedIn(rules.steps), isThere);
  const next: StoredPolicy = savedVersion('policy', id, present, rules, { caller, origin, at });
  if (!(await policies.save(next)))
    throw conflict('policy.changed', 'Somebody changed the policy at the same moment. Read it, and save it again.');
  return policyView(next);
};

const changed = (version: number) =>
  conflict(
    'policy.changed',
    version === 0
      ? 'There is no policy with this id. Send version 0 to make one.'
      : `The policy is at version ${version} now. Read it, and save it again.`,
  );
