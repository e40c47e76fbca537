import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import { apiKeyKey } from '../machine-keys/store.ts';
import { userKey } from '../table.ts';

/** What is noted of a meter lies in the item of the user or machine key. */
export const meterStore = (auth: Table) => {
  /**
   * Notes that the gateway has the own key of a user or machine key in this tier. Nothing is noted where they are gone or want
   * another; `gone` tells which.
   */
  const metered = async (
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

  return { metered };
};

export type MeterStore = ReturnType<typeof meterStore>;
