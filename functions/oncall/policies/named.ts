import type { Named } from '../../../shared/kernel/named.ts';
import type { Target, StoredPolicy, Step } from './policy.ts';
import type { PolicyStore } from './store.ts';

/** Everything that steps name, and where. */
export const namedIn = (steps: readonly Step[]): Named<Target['type']>[] =>
  steps.flatMap(({ targets }, step) =>
    targets.map(({ type, id }, target) => ({ pointer: `/steps/${step}/targets/${target}/id`, what: type, id })),
  );

const policyIsThere = async (policies: Pick<PolicyStore, 'byId'>, id: string): Promise<boolean> => {
  const policy = await policies.byId(id);
  return policy !== undefined && !policy.deleted;
};

/** The policies whose steps page the user, schedule, team or contact with this id. */
export const policiesNaming = async (
  policies: Pick<PolicyStore, 'all'>,
  id: string,
): Promise<readonly Pick<StoredPolicy, 'id' | 'name'>[]> =>
  (await policies.all()).filter(({ steps }) => steps.some(({ targets }) => targets.some((target) => target.id === id)));

/** Whether there is a policy, and which policies page a schedule or team, as of now. */
export const namedPolicies = (policies: Pick<PolicyStore, 'byId' | 'all'>) => ({
  isThere: (id: string) => policyIsThere(policies, id),
  naming: (id: string) => policiesNaming(policies, id),
});
export type NamedPolicies = ReturnType<typeof namedPolicies>;
