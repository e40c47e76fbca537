import { minuteReader } from '../../../shared/aws/drain-queue.ts';
import { messageIn, queueReactor } from '../../../shared/aws/queue.ts';
import { deliverDeps, jobsQueue } from '../deps.ts';
import { doJob, type JobDeps } from '../subscribers/do-job.ts';

/** Asks new subscribers to confirm, sends updates to those who have, and takes what SES says of mails. */
export const deliverer = (deps: () => JobDeps) => queueReactor((body) => doJob(deps(), messageIn(body)));

/** SES takes some mails a second, so few batches are handled side by side. */
const LANES = 5;

/** Each minute: does the jobs that the queue has. */
export const handler = minuteReader(jobsQueue, deliverer(deliverDeps), { mostLanes: LANES });
