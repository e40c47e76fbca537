import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { authzKey, JWKS_ITEM } from '../table.ts';
import type { PublicJwk } from './signing-key.ts';
import type * as store from './store.ts';

/*
 * Access patterns
 *
 *  #  question            index   key
 *  4  the public keys     table   pk = AUTHZ, sk = JWKS
 */

/** The functions of this file over a table. */
export type PublicKeyStore = Bound<typeof store>;

interface PublishedKeys {
  readonly keys: readonly PublicJwk[];
  readonly version: number;
}

/** Access pattern 4. */
export const publishedKeys = async (auth: Table): Promise<PublishedKeys> =>
  (await auth.get<PublishedKeys>(authzKey(JWKS_ITEM), { consistent: true })) ?? { keys: [], version: 0 };

/** Replaces the public keys as they were read at `seenVersion`. False when another writer was faster. */
export const publishKeys = async (auth: Table, keys: readonly PublicJwk[], seenVersion: number): Promise<boolean> => {
  const { done } = await auth.put(
    { ...authzKey(JWKS_ITEM), keys, version: seenVersion + 1 },
    seenVersion === 0
      ? { expression: 'attribute_not_exists(#pk)' }
      : { expression: '#version = :seen', values: { seen: seenVersion } },
  );
  return done;
};
