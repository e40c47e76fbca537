import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import { pageOfListing } from '../listing.ts';
import { API_KEYS, apiKeyKey, USERS, userKey } from '../table.ts';
import type { MeteredItem } from './follow-meter.ts';
import type * as store from './store.ts';

/** The functions of this file over a table. The state of a meter is in the item of its user or machine key. */
export type MeterStore = Bound<typeof store>;

/** Reads every user, then every machine key, a page at a time. */
export async function* everyMetered(auth: Table): AsyncGenerator<readonly MeteredItem[]> {
  for (const listing of [USERS, API_KEYS]) {
    let cursor: string | undefined;
    do {
      const { items, next } = await pageOfListing<MeteredItem>(auth, listing, { limit: 100, cursor });
      yield items;
      cursor = next ?? undefined;
    } while (cursor !== undefined);
  }
}

/** Whether a user or machine key is to have a meter: false once it was deleted or revoked, and where it never was. */
export const isMetered = async (auth: Table, id: string): Promise<boolean> => {
  const key = id.startsWith('usr_') ? userKey(id) : apiKeyKey(id);
  const item = await auth.get<{ readonly status?: string }>(key, { consistent: true });
  return item?.status === 'active' || item?.status === 'disabled';
};

/**
 * Notes that the gateway of an API has the own key of a user or machine key in this tier. `changed`: another tier is wanted. `gone`: the
 * user or machine key was deleted or revoked.
 */
export const noteMeter = async (
  auth: Table,
  kind: 'user' | 'apikey',
  id: string,
  { tier, apiId }: { readonly tier: Tier; readonly apiId: string },
  at: Date,
): Promise<'noted' | 'changed' | 'gone'> => {
  const { done, item } = await auth.update<{ readonly status?: string }>({
    key: kind === 'user' ? userKey(id) : apiKeyKey(id),
    set: { usageTier: tier, meteredIn: apiId, meteredSince: at.toISOString() },
    when: {
      expression: '#status IN (:active, :disabled) AND #wantedTier = :tier',
      values: { active: 'active', disabled: 'disabled', tier },
    },
  });
  if (done) return 'noted';
  return item?.status === 'active' || item?.status === 'disabled' ? 'changed' : 'gone';
};
