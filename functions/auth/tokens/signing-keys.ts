import type { webcrypto } from 'node:crypto';
import { generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { rs256Signer, type Signer } from './mint.ts';
import { addKey, deleteKeys, readRing, type RingParameters, type StoredRing } from './ring-store.ts';
import { activeFromOf, activeKey, publicJwk, type KeyRing, type PrivateJwk, type PublicJwk } from './signing-key.ts';
import type { PublicKeyStore } from './store.ts';

const REREAD_AFTER_MS = 5 * 60_000;
const MODULUS_BITS = 2048;

export interface SigningKeysDeps {
  readonly ring: RingParameters;
  readonly store: Pick<PublicKeyStore, 'publishedKeys' | 'publishKeys'>;
  readonly clock: Clock;
}

/**
 * The signing keys: private parts in parameters, public parts beside the revocations. The first
 * caller makes the first key. Of several that add a key at once one wins, and the others use the winner's.
 */
export const signingKeys = ({ ring: parameters, store, clock }: SigningKeysDeps) => {
  let cached:
    | { readonly ring: StoredRing; readonly readAt: number; readonly imported: Map<string, Signer> }
    | undefined;

  const read = (): Promise<StoredRing> => readRing(parameters);

  /** Publishes what the ring has and the published set lacks. Never takes a key away. */
  const publish = async (ring: KeyRing): Promise<readonly PublicJwk[]> => {
    return untilWritten(async () => {
      const { keys, version } = await store.publishedKeys();
      const missing = ring.keys.filter(({ kid }) => !keys.some((key) => key.kid === kid)).map(publicJwk);
      if (missing.length === 0) return keys;
      const all = [...keys, ...missing];
      if (await store.publishKeys(all, version)) return all;
      return OVERTAKEN;
    });
  };

  /** Adds a key to a ring, publishes it, and answers the ring as it then is. */
  const add = async (ring: StoredRing): Promise<StoredRing> => {
    const at = clock.now();
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MODULUS_BITS });
    const { kty, n, e, d, p, q, dp, dq, qi } = privateKey.export({ format: 'jwk' }) as unknown as PrivateJwk;
    const key = {
      kid: randomUUID(),
      privateJwk: { kty, n, e, d, p, q, dp, dq, qi },
      createdAt: at.toISOString(),
      activeFrom: activeFromOf(ring, at),
    };
    const written = await addKey(parameters, ring, key);
    await publish(written);
    return written;
  };

  const load = async () => {
    const readAt = clock.now().getTime();
    const found = await read();
    const ring = found.keys.length > 0 ? found : await add(found);
    await publish(ring);
    cached = { ring, readAt, imported: cached?.imported ?? new Map() };
    return cached;
  };

  const current = async () => {
    const isFresh = cached && clock.now().getTime() - cached.readAt < REREAD_AFTER_MS && cached.ring.keys.length > 0;
    return isFresh && cached ? cached : load();
  };

  /** Signs by the key that is active now. */
  const signer = async (): Promise<Signer> => {
    const { ring, imported } = await current();
    const key = activeKey(ring, clock.now());
    if (!key) throw new Error('No signing key is active yet');
    const known = imported.get(key.kid);
    if (known) return known;
    const made = rs256Signer(key.kid, await importPrivateKey(key.privateJwk));
    imported.set(key.kid, made);
    return made;
  };

  /** The public keys. Where none are published the parameters are asked again, and not what this container remembers of it. */
  const published = async (): Promise<readonly PublicJwk[]> => {
    const { keys } = await store.publishedKeys();
    return keys.length > 0 ? keys : (await load()).ring.keys.map(publicJwk);
  };

  /** Deletes private keys that sign no more. */
  const retire = (kids: readonly string[]): Promise<void> => deleteKeys(parameters, kids);

  return { signer, published, read, add, retire, publish };
};

export type SigningKeys = ReturnType<typeof signingKeys>;

const importPrivateKey = (jwk: PrivateJwk): Promise<webcrypto.CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign']);
