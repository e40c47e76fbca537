import type { Written } from '../../../shared/aws/stream.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { isTier } from '../../../shared/kernel/tiers.ts';
import { ownMeter } from './metering.ts';
import type { MeterStore } from './store.ts';
import { KEY_ITEM } from '../table.ts';
import type { UsageKeys } from './usage-keys.ts';

/** What of a user's or machine key's item says which meter they shall have. */
export interface MeteredItem {
  readonly sk: string;
  readonly id: string;
  readonly status: string;
  readonly wantedTier: string;
  readonly usageTier?: string;
}

export interface FollowDeps {
  readonly usageKeys: UsageKeys;
  readonly store: Pick<MeterStore, 'noteMeter'>;
  readonly clock: Clock;
  readonly stage: string;
}

/**
 * Has the gateway's keys follow users and machine keys: made with them, moved when their tier changes, deleted with them.
 * Safe for writes that come twice; what it writes back asks for nothing more.
 */
export const followMeter = async (
  { usageKeys, store, clock, stage }: FollowDeps,
  { before, after }: Written<MeteredItem>,
): Promise<void> => {
  const item = after ?? before;
  if (!item?.id || (item.sk !== 'USER' && item.sk !== KEY_ITEM)) return;
  const name = ownMeter(stage, item.id);
  if (!after || after.status === 'deleted' || after.status === 'revoked') {
    const wasGone = after && (before?.status === 'deleted' || before?.status === 'revoked');
    if (!wasGone) await usageKeys.remove(name);
    return;
  }
  const { wantedTier, usageTier } = after;
  if (!wantedTier || wantedTier === usageTier || !isTier(wantedTier)) return;
  // The write that makes this true is followed by its own record; a write of something else need not do it again.
  if (before && before.wantedTier === wantedTier && before.usageTier === usageTier) return;
  await usageKeys.place(name, wantedTier);
  const kind = item.sk === 'USER' ? 'user' : 'apikey';
  // Deleted while the key was made: the record of the deletion may have found no key yet.
  if ((await store.noteMeter(kind, item.id, wantedTier, clock.now())) === 'gone') await usageKeys.remove(name);
};
