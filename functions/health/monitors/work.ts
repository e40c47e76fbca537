import type { Clock } from '../../../shared/kernel/clock.ts';
import { examine, type ExamineDeps } from './examine.ts';
import { instantOf, type Shard } from './slots.ts';
import type { MonitorStore } from './store.ts';

export interface WorkDeps extends ExamineDeps {
  readonly store: ExamineDeps['store'] & Pick<MonitorStore, 'take' | 'finish' | 'known'>;
  readonly clock: Clock;
}

/** Longer than the slowest check takes, and shorter than the queue waits before it hands a shard out again. */
export const LEASE_SECONDS = 45;
/** Checks are done by then, and what they found is stored before the lease ends. */
const CHECKS_MS = (LEASE_SECONDS - 5) * 1000;

/**
 * Checks the monitors of a shard, unless somebody did. Where somebody else has it just now it throws, so that the queue
 * hands it out again: whoever has it may have died.
 */
export const work = async (deps: WorkDeps, { minute, shard, ids }: Shard): Promise<number> => {
  const { store, clock } = deps;
  const instant = instantOf(minute);
  const taken = await store.take(instant, shard, clock.now(), LEASE_SECONDS);
  if (taken === 'done') return 0;
  if (taken === 'held') throw new Error(`The shard ${shard} of ${instant} is being worked on`);
  const { monitors, states } = await store.known(ids);
  const wanted = monitors.filter(({ enabled, check }) => enabled && check.type !== 'heartbeat');
  await examine(deps, wanted, states, `${instant}-${shard}`, CHECKS_MS);
  await store.finish(instant, shard);
  return wanted.length;
};
