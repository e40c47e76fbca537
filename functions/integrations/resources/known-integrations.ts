import type { Clock } from '../../../shared/kernel/clock.ts';
import { lastKnown } from '../../../shared/kernel/last-known.ts';
import type { StoredIntegration } from './integration.ts';
import { hashOf, isKeyShaped } from './key.ts';
import type { IntegrationStore } from './store.ts';

/** A key that ended is refused everywhere within so long: each process believes what it read for that time. */
export const REFUSED_WITHIN_SECONDS = 20;
const FRESH_MS = REFUSED_WITHIN_SECONDS * 1000;

interface KnownKey {
  readonly integration: StoredIntegration;
  readonly validUntil: string | null;
}

/**
 * Finds the integration of a key: `(presented) => StoredIntegration | undefined`. Undefined for a key that is unknown, ended, or of
 * a disabled integration. It is two reads by key, and what was read is believed for 20 s, as for machine keys; a good key is believed
 * for an hour while DynamoDB cannot be read. Rejects where nothing can be believed
 * (docs/adr/0070-known-callers-are-believed-in-an-outage.md).
 */
export const knownIntegrations = (
  { byKeyHash, byId }: Pick<IntegrationStore, 'byKeyHash' | 'byId'>,
  clock: Clock,
): ((presented: string) => Promise<StoredIntegration | undefined>) => {
  const known = lastKnown<KnownKey | undefined>({ clock, freshMs: FRESH_MS });

  const read = async (hash: string): Promise<KnownKey | undefined> => {
    const key = await byKeyHash(hash);
    const integration = key && (await byId(key.integration));
    return integration && { integration, validUntil: key.validUntil };
  };

  return async (presented) => {
    if (!isKeyShaped(presented)) return undefined;
    const hash = hashOf(presented);
    const found = await known(hash, () => read(hash));
    if (!found?.integration.enabled) return undefined;
    const { integration, validUntil } = found;
    return validUntil === null || validUntil > clock.now().toISOString() ? integration : undefined;
  };
};
