import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import { apiKeyKey, userKey } from '../table.ts';
import type * as store from './store.ts';

/** The functions of this file over a table. The state of a meter is in the item of its user or machine key. */
export type MeterStore = Bound<typeof store>;

/**
 * Notes that the gateway has the own key of a user or machine key in this tier. `changed`: another tier is wanted. `gone`: the
 * user or machine key was deleted or revoked.
 */
export const noteMeter = async (
  auth: Table,
  kind: 'user' | 'apikey',
  id: string,
  tier: Tier,
  at: Date,
): Promise<'noted' | 'changed' | 'gone'> => {
  const { done, item } = await auth.update<{ readonly status?: string }>({
    key: kind === 'user' ? userKey(id) : apiKeyKey(id),
    set: { usageTier: tier, meteredSince: at.toISOString() },
    when: {
      expression: '#status IN (:active, :disabled) AND #wantedTier = :tier',
      values: { active: 'active', disabled: 'disabled', tier },
    },
  });
  if (done) return 'noted';
  return item?.status === 'active' || item?.status === 'disabled' ? 'changed' : 'gone';
};
