import { queueReactor } from '../../../shared/aws/queue.ts';
import { workDeps } from '../deps.ts';
import type { Job } from '../lifecycle/jobs.ts';
import { work, type WorkDeps } from '../lifecycle/work.ts';

/** Resolves and moves the alerts of incidents. */
export const worker = (deps: () => WorkDeps) => queueReactor((body) => work(deps(), JSON.parse(body) as Job));

export const handler = worker(workDeps);
