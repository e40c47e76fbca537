import { batchReactor } from '../../../shared/aws/queue.ts';
import { followBatchDeps } from '../deps.ts';
import { alertMessageIn, follow, type FollowDeps } from '../escalations/follow.ts';

/** Begins, holds and ends escalations, as the topic tells of alerts. */
export const follower = (deps: () => FollowDeps) =>
  batchReactor(() => {
    const ofBatch = deps();
    return (body) => follow(ofBatch, alertMessageIn(body));
  });

export const handler = follower(followBatchDeps);
