import { queueReactor } from '../../../shared/aws/queue.ts';
import { record, type RecordDeps } from '../analytics/record.ts';
import { followDeps } from '../deps.ts';
import { alertMessageIn, follow, type FollowDeps } from '../lifecycle/follow.ts';

/** Puts alerts into incidents, and what happens to them into the timelines of these and into figures. */
export const follower = (deps: () => FollowDeps & RecordDeps) =>
  queueReactor(async (body) => {
    const message = alertMessageIn(body);
    await record(deps(), message);
    await follow(deps(), message);
  });

export const handler = follower(followDeps);
