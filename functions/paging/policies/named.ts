import type { Named } from '../../../shared/kernel/named.ts';
import type { Target, StoredPolicy, Step } from './policy.ts';
import type { PolicyStore } from './store.ts';

/** Everything that steps name, and where. */
export const namedIn = (steps: readonly Step[]): Named<Target['type']>[] =>
  steps.flatMap(({ targets }, step) =>
    targets.map(({ type, id }, target) => ({ pointer: `/steps/${step}/targets/${target}/id`, what: type, id })),
  );

export const policyIsThere = async (store: Pick<PolicyStore, 'byId'>, id: string): Promise<boolean> => {
  const policy = await store.byId(id);
  return policy !== undefined && !policy.deleted;
};

/** The policies whose steps page the user, schedule, team or contact of an id. */
export const policiesNaming = async (
  store: Pick<PolicyStore, 'all'>,
  id: string,
): Promise<readonly Pick<StoredPolicy, 'id' | 'name'>[]> =>
  (await store.all()).filter(({ steps }) => steps.some(({ targets }) => targets.some((target) => target.id === id)));
