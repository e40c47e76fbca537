import { queueReactor } from '../../../shared/aws/queue.ts';
import { followDeps } from '../deps.ts';
import { alertMessageIn, follow, type FollowDeps } from '../lifecycle/follow.ts';

/** Puts alerts into incidents, and what happens to them into the timelines of these. */
export const follower = (deps: () => FollowDeps) => queueReactor((body) => follow(deps(), alertMessageIn(body)));

export const handler = follower(followDeps);
