import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import { apiKeyKey } from '../machine-keys/store.ts';
import { userKey } from '../table.ts';

/** What is noted of a meter lies in the item of the user or machine key. */
export const meterStore = (auth: Table) => {
  /** Notes that the gateway has somebody's own key in this tier. Nothing happens where they are gone or want another. */
  const metered = async (kind: 'user' | 'apikey', id: string, tier: Tier, at: Date): Promise<void> => {
    await auth.update({
      key: kind === 'user' ? userKey(id) : apiKeyKey(id),
      set: { usageTier: tier, meteredSince: at.toISOString() },
      when: {
        expression: '#status IN (:active, :disabled) AND #wantedTier = :tier',
        values: { active: 'active', disabled: 'disabled', tier },
      },
    });
  };

  return { metered };
};

export type MeterStore = ReturnType<typeof meterStore>;
