import type { Written } from '../../../shared/aws/stream.ts';
import { isTier } from '../../../shared/kernel/tiers.ts';
import { ownMeter } from './metering.ts';
import { placeMeter, type PlaceDeps } from './place-meter.ts';
import { KEY_ITEM, USER_ITEM } from '../table.ts';

/** The part of a user's or machine key's item that says which meter they shall have. */
export interface MeteredItem {
  readonly sk: string;
  readonly id: string;
  readonly status: string;
  readonly wantedTier: string;
  readonly usageTier?: string;
  readonly meteredIn?: string;
}

/**
 * Has the gateway's keys follow users and machine keys: made with them, moved when their tier changes, placed again when the
 * API is another one, deleted with them. Safe for writes that come twice; what it writes back asks for nothing more.
 */
export const followMeter = async (deps: PlaceDeps, { before, after }: Written<MeteredItem>): Promise<void> => {
  const item = after ?? before;
  if (!item?.id || (item.sk !== USER_ITEM && item.sk !== KEY_ITEM)) return;
  if (!after || after.status === 'deleted' || after.status === 'revoked') {
    const wasGone = after && (before?.status === 'deleted' || before?.status === 'revoked');
    if (!wasGone) await deps.usageKeys.remove(ownMeter(deps.stage, item.id));
    return;
  }
  const { wantedTier, usageTier, meteredIn } = after;
  if (!wantedTier || !isTier(wantedTier)) return;
  const isElsewhere = meteredIn !== undefined && meteredIn !== deps.apiId;
  if (wantedTier === usageTier && !isElsewhere) return;
  // The write that makes this true is followed by its own record; a write of something else need not do it again.
  if (!isElsewhere && before && before.wantedTier === wantedTier && before.usageTier === usageTier) return;
  await placeMeter(deps, item.sk === USER_ITEM ? 'user' : 'apikey', item.id, wantedTier);
};
