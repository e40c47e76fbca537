import { queueReactor } from '../../../shared/aws/queue.ts';
import { followDeps } from '../deps.ts';
import { alertMessageIn, follow, type FollowDeps } from '../escalations/follow.ts';

/** Begins, holds and ends escalations, as the topic tells of alerts. */
export const follower = (deps: () => FollowDeps) => queueReactor((body) => follow(deps(), alertMessageIn(body)));

export const handler = follower(followDeps);
