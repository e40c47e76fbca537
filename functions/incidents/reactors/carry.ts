import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { carryDeps } from '../deps.ts';
import type { SendJob } from '../lifecycle/job.ts';
import { namedPeopleIn, type AnnounceNamed } from '../lifecycle/named-people.ts';
import { publishMessage, type PublishDeps } from '../lifecycle/publish-message.ts';
import { jobIn, messageIn, type StreamItem } from '../lifecycle/stream-item.ts';

/** An alert that was linked at the same moment may be missing from the first reading of the index. */
const SECOND_LOOK_SECONDS = 60;

/** Publishes changes of incidents to subscribers, announces named people to paging, and queues the jobs for their alerts. */
export const carrier = (
  deps: () => PoisonDeps & PublishDeps & { readonly sendJob: SendJob; readonly announceNamed: AnnounceNamed },
) =>
  streamReactor<StreamItem>(deps, async (written) => {
    const message = messageIn(written);
    if (message) await publishMessage(deps(), message);
    for (const named of namedPeopleIn(written)) await deps().announceNamed(named);
    const job = jobIn(written);
    if (!job) return;
    await deps().sendJob(job);
    await deps().sendJob(job, SECOND_LOOK_SECONDS);
  });

export const handler = carrier(carryDeps);
