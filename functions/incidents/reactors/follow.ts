import { messageIn, queueReactor } from '../../../shared/aws/queue.ts';
import { alertMessageIn } from '../../alerts/events.ts';
import { wholeMessage } from '../../alerts/port.ts';
import { isFactMessage, recordFact } from '../analytics/record-later.ts';
import type { RecordDeps } from '../analytics/record-transition.ts';
import { followDeps } from '../deps.ts';
import { doJob, type JobDeps } from '../lifecycle/do-job.ts';
import { followAlert, type FollowDeps } from '../lifecycle/follow-alert.ts';
import { followPage, isPageMessage, type FollowPageDeps } from '../lifecycle/follow-page.ts';
import { isJobMessage } from '../lifecycle/job.ts';

/**
 * Links alerts to incidents, adds their transitions to timelines, and pages to timelines and figures. Resolves and moves the alerts of
 * incidents.
 */
export const follower = (deps: () => FollowDeps & FollowPageDeps & RecordDeps & JobDeps) =>
  queueReactor(async (body) => {
    const received = messageIn(body);
    if (isPageMessage(received)) return followPage(deps(), received);
    if (isFactMessage(received)) return recordFact(deps(), received);
    if (isJobMessage(received)) return doJob(deps(), received);
    await followAlert(deps(), await wholeMessage(deps().alertNow, alertMessageIn(received)));
  });

export const handler = follower(followDeps);
