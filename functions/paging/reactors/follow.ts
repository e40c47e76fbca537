import { batchReactor, messageIn } from '../../../shared/aws/queue.ts';
import { alertMessageIn } from '../../alerts/events.ts';
import { wholeMessage, type Alert } from '../../alerts/port.ts';
import { followBatchDeps } from '../deps.ts';
import { follow, type FollowDeps } from '../escalations/follow.ts';

/** Begins, holds and ends escalations as alerts change. */
export const follower = (deps: () => FollowDeps & { readonly alertNow: (id: string) => Promise<Alert | undefined> }) =>
  batchReactor(() => {
    const ofBatch = deps();
    return async (body) => follow(ofBatch, await wholeMessage(ofBatch.alertNow, alertMessageIn(messageIn(body))));
  });

export const handler = follower(followBatchDeps);
