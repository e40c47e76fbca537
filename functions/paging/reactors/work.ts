import { queueReactor } from '../../../shared/aws/queue.ts';
import type { PersonNamed } from '../../incidents/events.ts';
import { call } from '../pages/call.ts';
import { workDeps } from '../deps.ts';
import type { DueKey } from '../escalations/store.ts';
import { work, type WorkDeps } from '../escalations/work.ts';

/** Reaches steps and sends pages as they become due, and has those paged who were named in incidents. */
export const worker = (deps: () => WorkDeps) =>
  queueReactor(async (body) => {
    const told = JSON.parse(body) as DueKey | PersonNamed;
    await ('schema' in told ? call(deps(), told) : work(deps(), told));
  });

export const handler = worker(workDeps);
