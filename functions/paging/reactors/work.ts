import { queueReactor } from '../../../shared/aws/queue.ts';
import { workDeps } from '../deps.ts';
import type { DueKey } from '../escalations/store.ts';
import { work, type WorkDeps } from '../escalations/work.ts';

/** Reaches steps and sends pages as they become due. */
export const worker = (deps: () => WorkDeps) => queueReactor((body) => work(deps(), JSON.parse(body) as DueKey));

export const handler = worker(workDeps);
