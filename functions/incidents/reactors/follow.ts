import { messageIn, queueReactor } from '../../../shared/aws/queue.ts';
import { alertMessageIn } from '../../alerts/events.ts';
import { wholeMessage } from '../../alerts/port.ts';
import { recordTransition, type RecordDeps } from '../analytics/record-transition.ts';
import { followDeps } from '../deps.ts';
import { followAlert, type FollowDeps } from '../lifecycle/follow-alert.ts';
import { followPage, isPageMessage, type FollowPageDeps } from '../lifecycle/follow-page.ts';

/** Links alerts to incidents, and adds their transitions and pages to timelines and figures. */
export const follower = (deps: () => FollowDeps & FollowPageDeps & RecordDeps) =>
  queueReactor(async (body) => {
    const received = messageIn(body);
    if (isPageMessage(received)) return followPage(deps(), received);
    const message = await wholeMessage(deps().alertNow, alertMessageIn(received));
    await recordTransition(deps(), message);
    await followAlert(deps(), message);
  });

export const handler = follower(followDeps);
