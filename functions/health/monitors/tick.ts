import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { lookedAt, overdueAt, type HeartbeatDefinition } from './heartbeat.ts';
import { MINUTE_MS } from '../units.ts';
import { isHeartbeat } from './monitor.ts';
import type { RunStore } from './run-store.ts';
import { dueAtMinute, instantOf, minuteOf, shardCountOf, shardsOf, type Shard } from './slots.ts';
import type { KnownState } from './state.ts';
import type { MonitorStore } from './store.ts';

export interface TickDeps {
  readonly monitors: Pick<MonitorStore, 'whole' | 'saveState'>;
  readonly runs: Pick<RunStore, 'lastTick' | 'ticked' | 'noteGap' | 'due' | 'plan' | 'overdue'>;
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

const OVERDUE_A_PAGE = 100;
const OVERDUE_AT_ONCE = 20;

/**
 * Each minute: hands the monitors that are due to the workers, and finds heartbeats that are overdue. `scheduledAt` is the time of
 * the schedule's event. Minutes in which it did not run are not made up for but noted as a gap of ours, and a heartbeat that became
 * overdue within a gap gets its grace once more: perhaps it was us who were out. Run twice it keeps to the number of shards that was settled first, so a
 * monitor is in the same shard again, which a worker takes once, whatever was added meanwhile.
 */
export const tick = async (
  { monitors, runs, clock, send }: TickDeps,
  input: { readonly scheduledAt?: string | undefined } = {},
): Promise<Ticked> => {
  const now = clock.now();
  const minute = minuteOf(scheduledMinute(input.scheduledAt, now));
  const last = await runs.lastTick();
  const missed = last === undefined ? 0 : Math.max(0, minute - last - 1);
  if (missed > 0 && last !== undefined) await runs.noteGap({ from: instantOf(last + 1), to: instantOf(minute) });
  const ids = await runs.due(dueAtMinute(minute));
  const count = ids.length === 0 ? 0 : await runs.plan(instantOf(minute), shardCountOf(ids.length), now);
  const shards = shardsOf(minute, ids, count);
  const gapFrom = missed > 1 ? last : undefined;
  // Neither waits for the other: workers that cannot be reached hide no heartbeat.
  const [sent, found] = await Promise.allSettled([send(shards), findOverdue({ monitors, runs, clock }, gapFrom)]);
  if (sent.status === 'rejected') throw sent.reason;
  if (found.status === 'rejected') throw found.reason;
  await runs.ticked(minute);
  return { monitors: ids.length, shards: shards.length, overdue: found.value, gapMinutes: missed };
};

/** An event that is older than this is a repeat by hand, and stands for now. */
const MAX_LATE_MS = 5 * MINUTE_MS;

/** The clock of the schedule may be ahead of ours. */
const MAX_EARLY_MS = 30_000;

/**
 * The minute that a run is for. Schedules fire some seconds late and more or less so each time, so two runs may fall into one
 * minute of the clock, and none into the next. The event says for which minute it was.
 */
const scheduledMinute = (scheduledAt: string | undefined, now: Date): Date => {
  const scheduled = new Date(scheduledAt ?? now);
  const lateMs = now.getTime() - scheduled.getTime();
  return lateMs > -MAX_EARLY_MS && lateMs < MAX_LATE_MS ? scheduled : now;
};

/**
 * Looks at the heartbeats whose time has come: they are overdue, or their maintenance is over. What became overdue from the
 * minute `gapFrom` on gets its grace once more.
 */
const findOverdue = async (
  { monitors, runs, clock }: Pick<TickDeps, 'monitors' | 'runs' | 'clock'>,
  gapFrom: number | undefined,
): Promise<number> => {
  const now = clock.now();
  let found = 0;
  let cursor: string | null | undefined;
  do {
    const page = await runs.overdue(now, { limit: OVERDUE_A_PAGE, ...(cursor && { cursor }) });
    const changed = await mapLimit(page.items, OVERDUE_AT_ONCE, async (id): Promise<boolean> => {
      const { monitor, state } = await monitors.whole(id);
      if (!state?.dueAt || state.dueAt > now.toISOString() || !monitor || !isHeartbeat(monitor)) return false;
      return monitors.saveState(lookedAt(monitor, sparedIn(gapFrom, monitor, state, now), now));
    });
    found += changed.filter(Boolean).length;
    cursor = page.next;
  } while (cursor);
  return found;
};

/** The state of a heartbeat which is not overdue before its grace is over once more, if it became so within a gap of ours. */
const sparedIn = (
  gapFrom: number | undefined,
  monitor: HeartbeatDefinition,
  state: KnownState,
  now: Date,
): KnownState => {
  const overdue = overdueAt(monitor, state);
  if (gapFrom === undefined || state.status === 'down' || !overdue || minuteOf(overdue) < gapFrom) return state;
  const graceMs = Math.max(monitor.check.graceSeconds * 1000, MINUTE_MS);
  return { ...state, sparedUntil: new Date(now.getTime() + graceMs).toISOString() };
};
