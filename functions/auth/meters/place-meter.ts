import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Tier } from '../../../shared/kernel/tiers.ts';
import { ownMeter } from './metering.ts';
import type { MeterStore } from './store.ts';
import type { UsageKeys } from './usage-keys.ts';

export interface PlaceDeps {
  readonly usageKeys: UsageKeys;
  readonly store: Pick<MeterStore, 'noteMeter'>;
  readonly clock: Clock;
  readonly stage: string;
  /** The API that the usage plans meter. */
  readonly apiId: string;
}

/**
 * Puts the own key of a user or machine key into the plan of the tier, and notes in which API it is. An account holds ten
 * thousand gateway keys at most: where the gateway takes no more (`full`), the shared key of the tier goes on to stand in.
 */
export const placeMeter = async (
  { usageKeys, store, clock, stage, apiId }: PlaceDeps,
  kind: 'user' | 'apikey',
  id: string,
  tier: Tier,
): Promise<'placed' | 'full'> => {
  const name = ownMeter(stage, id);
  if ((await usageKeys.place(name, tier)) === 'full') {
    logger.warn('the gateway takes no more keys: the shared meter of the tier stays', { id, tier });
    return 'full';
  }
  // Deleted while the key was made: the record of the deletion may have found no key yet.
  if ((await store.noteMeter(kind, id, { tier, apiId }, clock.now())) === 'gone') await usageKeys.remove(name);
  return 'placed';
};
