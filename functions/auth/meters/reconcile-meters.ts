import { isTier } from '../../../shared/kernel/tiers.ts';
import { gatewayKeysOf, meteredIdOf, ownMeter } from './metering.ts';
import { placeMeter, type PlaceDeps } from './place-meter.ts';
import { USER_ITEM } from '../table.ts';
import type { MeterStore } from './store.ts';

export interface ReconcileDeps extends PlaceDeps {
  readonly store: MeterStore;
}

/**
 * Makes the gateway's keys and the auth table agree, whatever became of either: the API was made again, the table was restored,
 * a key was deleted by hand. No gateway key of the stage belongs to nobody, and each user and machine key is in the plan of its
 * tier, as far as the account may hold keys. Stops at `until`; the next run goes on.
 */
export const reconcileMeters = async (
  deps: ReconcileDeps,
  { until }: { readonly until: Date },
): Promise<{ readonly placed: number; readonly removed: number; readonly isComplete: boolean }> => {
  const { usageKeys, store, clock, stage, apiId } = deps;
  let placed = 0;
  let removed = 0;
  const outcome = (isComplete: boolean) => ({ placed, removed, isComplete });
  const names = new Set(await usageKeys.names(gatewayKeysOf(stage)));
  // First, because it makes room.
  for (const name of names) {
    const id = meteredIdOf(stage, name);
    if (id === undefined || (await store.isMetered(id))) continue;
    if (clock.now() >= until) return outcome(false);
    await usageKeys.remove(name);
    removed += 1;
  }
  const tiers = await usageKeys.placed();
  let isFull = false;
  for await (const items of store.everyMetered()) {
    for (const { id, sk, status, wantedTier, usageTier, meteredIn } of items) {
      const name = ownMeter(stage, id);
      const isRight = usageTier === wantedTier && meteredIn === apiId && tiers.get(name) === wantedTier;
      if (isRight || !isTier(wantedTier) || status === 'deleted' || status === 'revoked') continue;
      if (isFull && !names.has(name)) continue;
      if (clock.now() >= until) return outcome(false);
      if ((await placeMeter(deps, sk === USER_ITEM ? 'user' : 'apikey', id, wantedTier)) === 'full') isFull = true;
      else placed += 1;
    }
  }
  return outcome(true);
};
