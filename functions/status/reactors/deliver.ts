import { messageIn, queueReactor } from '../../../shared/aws/queue.ts';
import { deliverDeps } from '../deps.ts';
import { doJob, type JobDeps } from '../subscribers/do-job.ts';

/** Asks new subscribers to confirm, sends updates to those who have, and takes what SES says of mails. */
export const deliverer = (deps: () => JobDeps) => queueReactor((body) => doJob(deps(), messageIn(body)));

export const handler = deliverer(deliverDeps);
