import { batchReactor, messageIn } from '../../../shared/aws/queue.ts';
import { alertMessageIn } from '../../alerts/events.ts';
import { wholeMessage } from '../../alerts/port.ts';
import { followDeps } from '../deps.ts';
import { follow, type FollowDeps } from '../routing/follow.ts';

/** Lists the open alerts that no rule decides on. */
export const follower = (deps: () => FollowDeps) =>
  batchReactor(() => {
    const ofBatch = deps();
    return async (body) => follow(ofBatch, await wholeMessage(ofBatch.alertNow, alertMessageIn(messageIn(body))));
  });

export const handler = follower(followDeps);
