import { queueReactor } from '../../../shared/aws/queue.ts';
import { examineDeps } from '../deps/examine.ts';
import type { Shard } from '../monitors/slots.ts';
import { work, type WorkDeps } from '../monitors/work.ts';

/** Checks the monitors of a shard. What fails is handed out again, and ends in the dead letters. */
export const checker = (deps: () => WorkDeps) =>
  queueReactor(async (body) => {
    await work(deps(), JSON.parse(body) as Shard);
  });

export const handler = checker(examineDeps);
