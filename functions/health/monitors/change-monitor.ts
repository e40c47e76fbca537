import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { lookedAt } from './heartbeat.ts';
import { noSuchMonitor } from './get-monitor.ts';
import { isHeartbeat, type StoredMonitor } from './monitor.ts';
import { forgotten, unknownState, type KnownState } from './state.ts';
import type { MonitorStore } from './store.ts';

export interface ChangeMonitorDeps {
  readonly monitors: Pick<MonitorStore, 'whole' | 'replace' | 'idOfSlug'>;
  readonly clock: Clock;
}

/**
 * Writes the next definition of a monitor and the state that follows from it in one write. `next` makes the definition from
 * the one before, again in each attempt. Throws `monitor.not_found`, and `monitor.changed` where the monitor keeps changing.
 */
export const changeMonitor = async (
  { monitors, clock }: ChangeMonitorDeps,
  id: string,
  next: (before: StoredMonitor, at: Date) => StoredMonitor,
): Promise<{ readonly monitor: StoredMonitor; readonly state: KnownState; readonly at: Date }> => {
  return untilWritten(
    async () => {
      const at = clock.now();
      const stored = await monitors.whole(id);
      if (!stored.monitor) throw noSuchMonitor();
      const { keyHash: _, ...before } = stored.monitor;
      const monitor = next(before, at);
      await refuseTakenSlug(monitors, monitor);
      const known = stored.state ?? unknownState(id, at);
      const state = { ...stateAfterChange(before, monitor, known, at), follows: monitor.version };
      if (await monitors.replace(stored.monitor, monitor, state)) return { monitor, state, at };
      return OVERTAKEN;
    },
    () => conflict('monitor.changed', 'The monitor changed while this request tried to change it. Try again.'),
  );
};

/** Throws `monitor.slug_taken` where another heartbeat has the slug. */
const refuseTakenSlug = async (
  monitors: Pick<MonitorStore, 'idOfSlug'>,
  { id, check }: Pick<StoredMonitor, 'id' | 'check'>,
): Promise<void> => {
  if (check.type !== 'heartbeat' || check.slug === undefined) return;
  const holder = await monitors.idOfSlug(check.slug);
  if (holder !== undefined && holder !== id) throw slugTaken(check.slug);
};

export const slugTaken = (slug: string) =>
  conflict('monitor.slug_taken', `Another heartbeat has the slug ${slug}. Choose another slug.`);

/** The state of a monitor whose definition has changed. Results of another check are forgotten. */
export const stateAfterChange = (
  before: StoredMonitor,
  after: StoredMonitor,
  state: KnownState,
  at: Date,
): KnownState => {
  if (isHeartbeat(after)) return lookedAt(after, state, at);
  const version = state.version + 1;
  if (!after.enabled) return { ...forgotten(state, 'The monitor is paused.', at), version };
  if (!before.enabled || before.check.type !== after.check.type) {
    return { ...forgotten(state, 'It has not been checked since it was changed.', at), version };
  }
  return { ...state, version };
};
