import { lambdaClient } from '../../../shared/aws/clients.ts';
import { handOn } from '../../../shared/aws/hand-on.ts';
import { logger } from '../../../shared/aws/observe.ts';
import { environment } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { checking } from '../deps/checks.ts';
import { runs } from '../deps/stores.ts';
import { checkShard, type CheckShardDeps } from '../monitors/check-shard.ts';
import type { ShardChain } from '../monitors/hand-out-shards.ts';

export interface CheckDeps extends CheckShardDeps {
  /** Hands the rest of a chain on to another run. */
  readonly handOn: (chain: ShardChain) => Promise<void>;
}

/**
 * Checks the monitors of the first shard of a chain, and hands the others on. Lambda runs it again where it fails, and puts its event
 * among the dead letters in the end. A shard that was checked is not checked again.
 */
export const surface =
  (deps: () => CheckDeps) =>
  async ({ shards: [first, ...rest] }: ShardChain): Promise<void> => {
    logger.resetKeys();
    if (!first) return;
    const [checked] = await Promise.allSettled([checkShard(deps(), first)]);
    // The others do not wait for a shard that fails.
    if (rest.length > 0) await deps().handOn({ shards: rest });
    if (checked.status === 'rejected') throw checked.reason;
  };

export const handler = surface(
  lazy(() => {
    const itself = { lambda: lambdaClient(), functionName: environment()['AWS_LAMBDA_FUNCTION_NAME'] ?? '' };
    return { ...checking(), runs: runs(), handOn: (chain: ShardChain) => handOn(itself, chain) };
  }),
);
