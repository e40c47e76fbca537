import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { SecurityEvent } from '../events.ts';
import { epochSeconds, TOMBSTONE_SECONDS } from '../lifetimes.ts';
import { pageOfListing } from '../listing.ts';
import { API_KEYS, apiKeyKey } from '../table.ts';
import type { StoredApiKey } from './api-key.ts';
import type * as store from './store.ts';

/*
 * Access patterns
 *
 *  #  question                index     key
 *  6  a machine key           table     pk = KEY#<key id>, sk = KEY
 *  7  machine keys, by age    listing   listing = API_KEYS, id
 */

/** The functions of this file over a table. */
export type ApiKeyStore = Bound<typeof store>;

/** Access pattern 6. Undefined for a revoked key. */
export const apiKeyById = async (auth: Table, id: string): Promise<StoredApiKey | undefined> => {
  const key = await auth.get<StoredApiKey>(apiKeyKey(id), { consistent: true });
  return key?.status === 'active' ? key : undefined;
};

/** Access pattern 7. */
export const listApiKeys = (auth: Table, request: PageRequest): Promise<Page<StoredApiKey>> =>
  pageOfListing(auth, API_KEYS, request);

export const createApiKey = async (auth: Table, key: StoredApiKey): Promise<void> => {
  const ttl = key.expiresAt === null ? undefined : epochSeconds(new Date(key.expiresAt)) + TOMBSTONE_SECONDS;
  await auth.put({ ...apiKeyKey(key.id), ...key, listing: API_KEYS, ttl }, { expression: 'attribute_not_exists(#pk)' });
};

/** Revokes a key. False where there was none. */
export const revokeApiKey = async (auth: Table, id: string, event: SecurityEvent, at: Date): Promise<boolean> => {
  const { done } = await auth.update({
    key: apiKeyKey(id),
    set: { status: 'revoked', event, ttl: epochSeconds(at) + TOMBSTONE_SECONDS },
    remove: ['hash', 'listing'],
    when: { expression: '#status = :active', values: { active: 'active' } },
  });
  return done;
};
