import type { Table } from '../../../shared/aws/dynamo.ts';
import type { SecurityEvent } from '../events.ts';
import { authzKey, JWKS_ITEM } from '../table.ts';
import type { PublicJwk } from './signing-key.ts';

/*
 * Access patterns
 *
 *  #  question            index   key
 *  4  the public keys     table   pk = AUTHZ, sk = JWKS
 */

/** The public parts of the signing keys. */
export const publicKeyStore = (auth: Table) => {
  /** Access pattern 4. */
  const publishedKeys = async (): Promise<{ keys: readonly PublicJwk[]; version: number }> =>
    (await auth.get<{ keys: PublicJwk[]; version: number }>(authzKey(JWKS_ITEM), { consistent: true })) ?? {
      keys: [],
      version: 0,
    };

  /** Replaces the public keys as they were seen. False when somebody else was faster. */
  const publishKeys = async (
    keys: readonly PublicJwk[],
    seenVersion: number,
    event?: SecurityEvent,
  ): Promise<boolean> => {
    const { done } = await auth.put(
      { ...authzKey(JWKS_ITEM), keys, version: seenVersion + 1, ...(event && { event }) },
      seenVersion === 0
        ? { expression: 'attribute_not_exists(#pk)' }
        : { expression: '#version = :seen', values: { seen: seenVersion } },
    );
    return done;
  };

  return { publishedKeys, publishKeys };
};

export type PublicKeyStore = ReturnType<typeof publicKeyStore>;
