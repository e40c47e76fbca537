import type { Clock } from '../../../shared/kernel/clock.ts';
import { checkMonitors, type CheckMonitorsDeps } from './check-monitors.ts';
import type { RunStore } from './run-store.ts';
import { instantOf, type Shard } from './slots.ts';
import type { MonitorStore } from './store.ts';

export interface CheckShardDeps extends CheckMonitorsDeps {
  readonly monitors: CheckMonitorsDeps['monitors'] & Pick<MonitorStore, 'known'>;
  readonly runs: Pick<RunStore, 'take' | 'finish'>;
  readonly clock: Clock;
}

/** Longer than the slowest check takes, and shorter than Lambda waits before it runs a worker again that failed. */
export const LEASE_SECONDS = 45;
/** Checks end by then, so that their results are stored before the lease ends. */
const CHECKS_MS = (LEASE_SECONDS - 5) * 1000;

/**
 * Checks the monitors of a shard, unless another worker did. Throws while another worker holds it, so that Lambda
 * runs it again: the other worker may have died. Answers how many were checked.
 */
export const checkShard = async (deps: CheckShardDeps, { minute, shard, ids }: Shard): Promise<number> => {
  const { monitors, runs, clock } = deps;
  const instant = instantOf(minute);
  const taken = await runs.take(instant, shard, clock.now(), LEASE_SECONDS);
  if (taken === 'done') return 0;
  if (taken === 'held') throw new Error(`Another worker holds the shard ${shard} of ${instant}`);
  const known = await monitors.known(ids);
  const wanted = known.monitors.filter(({ enabled, check }) => enabled && check.type !== 'heartbeat');
  await checkMonitors(deps, {
    monitors: wanted,
    states: known.states,
    call: `${instant}-${shard}`,
    forMs: CHECKS_MS,
  });
  await runs.finish(instant, shard);
  return wanted.length;
};
