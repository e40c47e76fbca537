import { isTier } from '../../../shared/kernel/tiers.ts';
import { gatewayKeysOf, meteredIdOf, ownMeter } from './metering.ts';
import { placeMeter, type PlaceDeps } from './place-meter.ts';
import type { MeterStore } from './store.ts';

export interface ReconcileDeps extends PlaceDeps {
  readonly store: MeterStore;
}

/**
 * Makes the gateway's keys and the auth table agree, whatever became of either: the API was made again, the table was restored,
 * a key was deleted by hand. Each user and machine key is in the plan of its tier, and no gateway key of the stage belongs to
 * nobody. Stops at `until`; the next run goes on.
 */
export const reconcileMeters = async (
  deps: ReconcileDeps,
  { until }: { readonly until: Date },
): Promise<{ readonly placed: number; readonly removed: number; readonly isComplete: boolean }> => {
  const { usageKeys, store, clock, stage, apiId } = deps;
  let placed = 0;
  let removed = 0;
  const outcome = (isComplete: boolean) => ({ placed, removed, isComplete });
  const tiers = await usageKeys.placed();
  for await (const items of store.everyMetered()) {
    for (const { id, sk, status, wantedTier, usageTier, meteredIn } of items) {
      const isRight = usageTier === wantedTier && meteredIn === apiId && tiers.get(ownMeter(stage, id)) === wantedTier;
      if (isRight || !isTier(wantedTier) || status === 'deleted' || status === 'revoked') continue;
      if (clock.now() >= until) return outcome(false);
      await placeMeter(deps, sk === 'USER' ? 'user' : 'apikey', id, wantedTier);
      placed += 1;
    }
  }
  for (const name of await usageKeys.names(gatewayKeysOf(stage))) {
    const id = meteredIdOf(stage, name);
    if (id === undefined || (await store.isMetered(id))) continue;
    if (clock.now() >= until) return outcome(false);
    await usageKeys.remove(name);
    removed += 1;
  }
  return outcome(true);
};
