import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { SecurityEvent } from '../events.ts';
import { listed } from '../listed.ts';
import { epochSeconds, TOMBSTONE_SECONDS } from '../lifetimes.ts';
import { KEY_ITEM } from '../table.ts';
import type { StoredApiKey } from './api-key.ts';
import { partitionOfKey } from './machine-key.ts';

/*
 * Access patterns
 *
 *  #  question                index     key
 *  6  a machine key           table     pk = KEY#<key id>, sk = KEY
 *  7  machine keys, by age    listing   listing = API_KEYS, id
 */

const API_KEYS = 'API_KEYS';

export const apiKeyKey = (id: string) => ({ pk: partitionOfKey(id), sk: KEY_ITEM });

/** The machine keys. */
export const apiKeyStore = (auth: Table) => {
  /** Access pattern 6. */
  const apiKeyById = async (id: string): Promise<StoredApiKey | undefined> => {
    const key = await auth.get<StoredApiKey>(apiKeyKey(id), { consistent: true });
    return key?.status === 'active' ? key : undefined;
  };

  /** Access pattern 7. */
  const apiKeys = async (request: PageRequest): Promise<Page<StoredApiKey>> => {
    const { items, next } = await listed(auth, API_KEYS, request);
    return { items: await auth.many<StoredApiKey>(items.map(({ pk, sk }) => ({ pk, sk }))), next };
  };

  const createApiKey = async (key: StoredApiKey): Promise<void> => {
    const ttl = key.expiresAt === null ? undefined : epochSeconds(new Date(key.expiresAt)) + TOMBSTONE_SECONDS;
    await auth.put(
      { ...apiKeyKey(key.id), ...key, listing: API_KEYS, ttl },
      { expression: 'attribute_not_exists(#pk)' },
    );
  };

  /** Revokes a key. False where there was none. */
  const revokeApiKey = async (id: string, event: SecurityEvent, at: Date): Promise<boolean> => {
    const { done } = await auth.update({
      key: apiKeyKey(id),
      set: { status: 'revoked', event, ttl: epochSeconds(at) + TOMBSTONE_SECONDS },
      remove: ['hash', 'listing'],
      when: { expression: '#status = :active', values: { active: 'active' } },
    });
    return done;
  };

  return { apiKeyById, apiKeys, createApiKey, revokeApiKey };
};

export type ApiKeyStore = ReturnType<typeof apiKeyStore>;
