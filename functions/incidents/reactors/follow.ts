import { queueReactor } from '../../../shared/aws/queue.ts';
import { wholeMessage } from '../../alerts/port.ts';
import { record, type RecordDeps } from '../analytics/record-transition.ts';
import { followDeps } from '../deps.ts';
import { alertMessageIn, follow, type FollowDeps } from '../lifecycle/follow-alert.ts';
import { followPage, isPageMessage, type FollowPageDeps } from '../lifecycle/follow-page.ts';

/** Puts alerts into incidents, and what happens to them, pages included, into the timelines of these and into figures. */
export const follower = (deps: () => FollowDeps & FollowPageDeps & RecordDeps) =>
  queueReactor(async (body) => {
    const told: unknown = JSON.parse(body);
    if (isPageMessage(told)) return followPage(deps(), told);
    const message = await wholeMessage(deps().alertNow, alertMessageIn(told));
    await record(deps(), message);
    await follow(deps(), message);
  });

export const handler = follower(followDeps);
