import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { deletedUserIn, type AnnounceDeleted } from '../accounts/announce-deleted-user.ts';
import { meterReactorDeps } from '../deps.ts';
import { followMeter, type MeteredItem } from '../meters/follow-meter.ts';
import type { PlaceDeps } from '../meters/place-meter.ts';

/** Has the gateway's keys follow users and machine keys, and announces users who were deleted. */
export const meterer = (deps: () => PoisonDeps & PlaceDeps & { readonly announceDeleted: AnnounceDeleted }) =>
  streamReactor<MeteredItem>(deps, async (written) => {
    const deleted = deletedUserIn(written);
    if (deleted) await deps().announceDeleted(deleted);
    await followMeter(deps(), written);
  });

export const handler = meterer(meterReactorDeps);
