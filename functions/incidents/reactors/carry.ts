import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { carryDeps } from '../deps.ts';
import type { Hand } from '../lifecycle/jobs.ts';
import { publish, type PublishDeps } from '../lifecycle/publish.ts';
import { jobIn, messageIn, type Carried } from '../lifecycle/told.ts';

/** An alert that came in the very moment may be missing from the first look at the alerts of an incident. */
const SECOND_LOOK_SECONDS = 60;

/** Tells subscribers what happened to incidents, and has done what follows from it for their alerts. */
export const carrier = (deps: () => PoisonDeps & PublishDeps & { readonly hand: Hand }) =>
  streamReactor<Carried>(deps, async (written) => {
    const message = messageIn(written);
    if (message) await publish(deps(), message);
    const job = jobIn(written);
    if (!job) return;
    await deps().hand(job);
    await deps().hand(job, SECOND_LOOK_SECONDS);
  });

export const handler = carrier(carryDeps);
