import { queueReactor } from '../../../shared/aws/queue.ts';
import { workDeps } from '../deps.ts';
import type { Job } from '../lifecycle/job.ts';
import { doJob, type JobDeps } from '../lifecycle/do-job.ts';

/** Resolves and moves the alerts of incidents. */
export const worker = (deps: () => JobDeps) => queueReactor((body) => doJob(deps(), JSON.parse(body) as Job));

export const handler = worker(workDeps);
