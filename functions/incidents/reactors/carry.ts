import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { carryDeps } from '../deps.ts';
import type { Hand } from '../lifecycle/job.ts';
import { namedIn, type Call } from '../lifecycle/named-people.ts';
import { publish, type PublishDeps } from '../lifecycle/publish-message.ts';
import { jobIn, messageIn, type Carried } from '../lifecycle/stream-item.ts';

/** An alert that came in the very moment may be missing from the first look at the alerts of an incident. */
const SECOND_LOOK_SECONDS = 60;

/** Tells subscribers what happened to incidents, has those paged who were named, and has done what follows for their alerts. */
export const carrier = (deps: () => PoisonDeps & PublishDeps & { readonly hand: Hand; readonly call: Call }) =>
  streamReactor<Carried>(deps, async (written) => {
    const message = messageIn(written);
    if (message) await publish(deps(), message);
    for (const named of namedIn(written)) await deps().call(named);
    const job = jobIn(written);
    if (!job) return;
    await deps().hand(job);
    await deps().hand(job, SECOND_LOOK_SECONDS);
  });

export const handler = carrier(carryDeps);
