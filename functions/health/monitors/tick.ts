import type { Clock } from '../../../shared/kernel/clock.ts';
import { isInMaintenance } from './monitor.ts';
import { dueAtMinute, instantOf, minuteOf, shardCountOf, shardsOf, type Shard } from './slots.ts';
import { nextState } from './state.ts';
import type { KnownState, MonitorStore } from './store.ts';

export interface TickDeps {
  readonly store: Pick<
    MonitorStore,
    'lastTick' | 'ticked' | 'noteGap' | 'due' | 'plan' | 'overdue' | 'known' | 'saveState'
  >;
  readonly clock: Clock;
  /** Hands shards to the workers. */
  readonly send: (shards: readonly Shard[]) => Promise<void>;
}

export interface Ticked {
  readonly monitors: number;
  readonly shards: number;
  readonly overdue: number;
  readonly gapMinutes: number;
}

const OVERDUE_AT_ONCE = 50;
const MINUTE_MS = 60_000;

/**
 * Each minute: hands the monitors that are due to the workers, and finds heartbeats that are overdue. Minutes in which it
 * did not run are not made up for but noted as a gap of ours, and a heartbeat that became overdue within a gap gets its
 * grace once more: perhaps it was us who were out. Run twice it keeps to the number of shards that was settled first, so a
 * monitor is in the same shard again, which a worker takes once, whatever was added meanwhile.
 */
export const tick = async ({ store, clock, send }: TickDeps): Promise<Ticked> => {
  const now = clock.now();
  const minute = minuteOf(now);
  const last = await store.lastTick();
  const missed = last === undefined ? 0 : Math.max(0, minute - last - 1);
  if (missed > 0 && last !== undefined) await store.noteGap({ from: instantOf(last + 1), to: instantOf(minute) });
  const ids = await store.due(dueAtMinute(minute));
  const count = ids.length === 0 ? 0 : await store.plan(instantOf(minute), shardCountOf(ids.length), now);
  const shards = shardsOf(minute, ids, count);
  await send(shards);
  const overdue = await findOverdue({ store, clock }, missed > 1 && last !== undefined ? instantOf(last) : undefined);
  await store.ticked(minute);
  return { monitors: ids.length, shards: shards.length, overdue, gapMinutes: missed };
};

/** Takes down the heartbeats that are overdue; what became so since `gapFrom` gets its grace once more. */
const findOverdue = async (
  { store, clock }: Pick<TickDeps, 'store' | 'clock'>,
  gapFrom: string | undefined,
): Promise<number> => {
  let found = 0;
  for (;;) {
    const now = clock.now();
    const ids = await store.overdue(now, OVERDUE_AT_ONCE);
    const { monitors, states } = await store.known(ids);
    let changed = 0;
    for (const monitor of monitors) {
      const state = states.get(monitor.id);
      if (monitor.check.type !== 'heartbeat' || !state?.dueAt || state.dueAt > now.toISOString()) continue;
      const again = gapFrom !== undefined && state.dueAt >= gapFrom;
      const graceMs = Math.max(monitor.check.graceSeconds * 1000, MINUTE_MS);
      const next: KnownState = again
        ? { ...state, dueAt: new Date(now.getTime() + graceMs).toISOString(), version: state.version + 1 }
        : late(state, isInMaintenance(monitor, now), now);
      if (await store.saveState(next)) changed++;
    }
    found += changed;
    if (ids.length < OVERDUE_AT_ONCE || changed === 0) return found;
  }
};

/** It is looked at no more until the next ping. */
const late = ({ dueAt: _, ...state }: KnownState, muted: boolean, now: Date): KnownState => {
  const said = state.lastPingAt === undefined ? 'It never reported.' : `It last reported at ${state.lastPingAt}.`;
  const next = nextState(
    { failAfter: 1, recoverAfter: 1 },
    state,
    { ok: false, reason: said, durationMs: 0 },
    now,
    muted,
  );
  return { ...state, ...next, version: state.version + 1 };
};
