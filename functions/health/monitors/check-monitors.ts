import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Measured } from '../metrics/segment.ts';
import type { SegmentStore } from '../metrics/segment-store.ts';
import { rollupOfOne } from '../metrics/rollup.ts';
import { isInMaintenance, type StoredMonitor } from './monitor.ts';
import type { Found } from './run-check.ts';
import { nextState, unknownState, type KnownState, type MonitorState } from './state.ts';
import type { MonitorStore } from './store.ts';

export interface CheckMonitorsDeps {
  readonly monitors: Pick<MonitorStore, 'whole' | 'saveState'>;
  readonly segments: Pick<SegmentStore, 'write'>;
  readonly clock: Clock;
  /** Runs a check. What it evaluates ends by a moment of `performance.now()`. */
  readonly run: (monitor: StoredMonitor, at: Date, by: number) => Promise<Found>;
}

/** Monitors and their states, the name of the call, and the milliseconds that it has. */
export interface MonitorsToCheck {
  readonly monitors: readonly StoredMonitor[];
  readonly states: ReadonlyMap<string, KnownState>;
  readonly call: string;
  readonly forMs: number;
}

export interface Checked {
  readonly monitor: StoredMonitor;
  readonly found: Found;
  readonly state: MonitorState;
}

const ATTEMPTS = 5;

/**
 * Checks monitors, all at once, within `forMs`, and stores each change as it comes. Figures go to the metrics under `call`,
 * so that the same call again counts once. A slow target delays no other: each check ends by itself. Throws where a result
 * could not be stored, once all checks are done and their figures are stored.
 */
export const checkMonitors = async (
  deps: CheckMonitorsDeps,
  { monitors, states, call, forMs }: MonitorsToCheck,
): Promise<Checked[]> => {
  const { clock, segments, run } = deps;
  const at = clock.now();
  const by = performance.now() + forMs;
  const measured: Measured[] = [];
  const ended = await Promise.allSettled(
    monitors.map(async (monitor): Promise<Checked> => {
      const found = await run(monitor, at, by);
      measured.push(...figuresOf(monitor, found, at), ...found.measured);
      return { monitor, found, state: await stateAfter(deps, monitor, states.get(monitor.id), found) };
    }),
  );
  if (measured.length > 0) await segments.write(measured, call, at);
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
};

/**
 * Writes the state after a result. Where somebody else wrote meanwhile, the result follows what they wrote. Where the
 * monitor is paused, was deleted or checks something else by now, the result does not count.
 */
const stateAfter = async (
  { monitors, clock }: CheckMonitorsDeps,
  checked: StoredMonitor,
  seen: KnownState | undefined,
  found: Found,
): Promise<MonitorState> => {
  let state: KnownState | undefined = seen;
  let monitor = checked;
  if (!monitor.enabled) return state ?? unknownState(checked.id, clock.now());
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock.now();
    const before: KnownState = state ?? unknownState(checked.id, at);
    if ((before.follows ?? monitor.version) === monitor.version) {
      const next = { ...before, ...nextState(monitor, before, found, at, isInMaintenance(monitor, at)) };
      if (next.version === before.version || (await monitors.saveState(next))) return next;
    }
    const now = await monitors.whole(checked.id);
    if (!now.state || !now.monitor?.enabled || !isDeepStrictEqual(now.monitor.check, checked.check)) return before;
    ({ monitor, state } = { monitor: now.monitor, state: now.state });
  }
  throw new Error(`The state of ${checked.id} kept changing`);
};

const figuresOf = ({ id, service }: StoredMonitor, found: Found, at: Date): Measured[] => {
  const series = { unit: '', dimensions: { monitor: id, ...(service && { service }) }, start: at.getTime() };
  return [
    { ...series, name: 'monitor.up', rollup: rollupOfOne(found.ok ? 1 : 0, at) },
    { ...series, name: 'monitor.response_time', unit: 'ms', rollup: rollupOfOne(found.durationMs, at) },
  ];
};
