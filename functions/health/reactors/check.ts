import { queueReactor } from '../../../shared/aws/queue.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { checking } from '../deps/checks.ts';
import { runs } from '../deps/stores.ts';
import { checkShard, type CheckShardDeps } from '../monitors/check-shard.ts';
import type { Shard } from '../monitors/slots.ts';

/** Checks the monitors of a shard. The queue hands out again what fails, and moves it to the dead letters in the end. */
export const surface = (deps: () => CheckShardDeps) =>
  queueReactor(async (body) => {
    await checkShard(deps(), JSON.parse(body) as Shard);
  });

export const handler = surface(lazy(() => ({ ...checking(), runs: runs() })));
