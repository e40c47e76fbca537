import { handOn, type Callee } from '../../../shared/aws/hand-on.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { Shard } from './slots.ts';

/** Work of one run of a worker: it checks the first shard, and hands the others on to another run. */
export interface ShardChain {
  readonly shards: readonly Shard[];
}

const AT_ONCE = 50;

/** Divides shards into as many chains as may run at once. */
export const chainsOf = (shards: readonly Shard[], atOnce: number): readonly ShardChain[] => {
  const chains = Map.groupBy(shards.entries(), ([place]) => place % atOnce);
  return [...chains.values()].map((chain) => ({ shards: chain.map(([, shard]) => shard) }));
};

/** Hands shards out to the workers, of which so many run at once. Rejects where Lambda did not confirm every one. */
export const handOutShards =
  (worker: Callee, atOnce: number) =>
  async (shards: readonly Shard[]): Promise<void> => {
    await mapLimit(chainsOf(shards, atOnce), AT_ONCE, (chain) => handOn(worker, chain));
  };
