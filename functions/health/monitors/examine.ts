import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Measured } from '../metrics/segment.ts';
import type { MetricStore } from '../metrics/store.ts';
import { rollupOfOne } from '../metrics/rollup.ts';
import { isInMaintenance, type StoredMonitor } from './monitor.ts';
import type { Found } from './run-check.ts';
import { nextState, unknownState, type KnownState, type MonitorState } from './state.ts';
import type { MonitorStore } from './store.ts';

export interface ExamineDeps {
  readonly store: Pick<MonitorStore, 'whole' | 'saveState'>;
  readonly metrics: Pick<MetricStore, 'write'>;
  readonly clock: Clock;
  /** Carries out a check; what it evaluates ends by a moment of `performance.now()`. */
  readonly run: (monitor: StoredMonitor, at: Date, by: number) => Promise<Found>;
}

export interface Examined {
  readonly monitor: StoredMonitor;
  readonly found: Found;
  readonly state: MonitorState;
}

const ATTEMPTS = 5;

/**
 * Checks monitors, all at once, within `forMs`, and stores what changed as it comes. Figures go to the metrics under `call`,
 * so that the same call again counts once. A slow target holds up nobody: each check ends by itself. Throws, once all are
 * done and their figures are stored, where a result could not be stored.
 */
export const examine = async (
  deps: ExamineDeps,
  monitors: readonly StoredMonitor[],
  states: ReadonlyMap<string, KnownState>,
  call: string,
  forMs: number,
): Promise<Examined[]> => {
  const { clock, metrics, run } = deps;
  const at = clock.now();
  const by = performance.now() + forMs;
  const measured: Measured[] = [];
  const ended = await Promise.allSettled(
    monitors.map(async (monitor): Promise<Examined> => {
      const found = await run(monitor, at, by);
      measured.push(...figuresOf(monitor, found, at), ...found.measured);
      return { monitor, found, state: await kept(deps, monitor, states.get(monitor.id), found) };
    }),
  );
  if (measured.length > 0) await metrics.write(measured, call, at);
  return ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
};

/**
 * Writes the state after a result. Where somebody else wrote meanwhile, the result is seen against what they wrote; where the
 * monitor is paused or was deleted, or checks something else by now, the result does not count.
 */
const kept = async (
  { store, clock }: ExamineDeps,
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
      if (next.version === before.version || (await store.saveState(next))) return next;
    }
    const now = await store.whole(checked.id);
    if (!now.state || !now.monitor?.enabled || !isDeepStrictEqual(now.monitor.check, checked.check)) return before;
    ({ monitor, state } = { monitor: now.monitor, state: now.state });
  }
  throw new Error(`What is known of ${checked.id} kept changing`);
};

const figuresOf = ({ id, service }: StoredMonitor, found: Found, at: Date): Measured[] => {
  const series = { unit: '', dimensions: { monitor: id, ...(service && { service }) }, start: at.getTime() };
  return [
    { ...series, name: 'monitor.up', rollup: rollupOfOne(found.ok ? 1 : 0, at) },
    { ...series, name: 'monitor.response_time', unit: 'ms', rollup: rollupOfOne(found.durationMs, at) },
  ];
};
