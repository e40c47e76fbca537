import { messageIn, queueReactor } from '../../../shared/aws/queue.ts';
import { alertMessageIn } from '../../alerts/events.ts';
import { wholeMessage } from '../../alerts/port.ts';
import { isFactMessage, recordFact } from '../analytics/record-later.ts';
import type { RecordDeps } from '../analytics/record-transition.ts';
import { followDeps } from '../deps.ts';
import { followAlert, type FollowDeps } from '../lifecycle/follow-alert.ts';
import { followPage, isPageMessage, type FollowPageDeps } from '../lifecycle/follow-page.ts';

/** Links alerts to incidents, adds their transitions to timelines, and pages to timelines and figures. */
export const follower = (deps: () => FollowDeps & FollowPageDeps & RecordDeps) =>
  queueReactor(async (body) => {
    const received = messageIn(body);
    if (isPageMessage(received)) return followPage(deps(), received);
    if (isFactMessage(received)) return recordFact(deps(), received);
    await followAlert(deps(), await wholeMessage(deps().alertNow, alertMessageIn(received)));
  });

export const handler = follower(followDeps);
