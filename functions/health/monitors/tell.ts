import type { Clock } from '../../../shared/kernel/clock.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { actorOf, type Intake } from '../../alerts/port.ts';
import type { StoredMonitor } from './monitor.ts';
import type { KnownState, MonitorStore } from './store.ts';

export interface TellDeps {
  readonly store: Pick<MonitorStore, 'byId' | 'keepChange'>;
  readonly intake: Pick<Intake, 'observe' | 'over'>;
  readonly clock: Clock;
}

/** The source of the alerts that monitors raise; the key is the monitor's id. */
export const MONITOR_SOURCE = 'monitor';

/**
 * Keeps a change of a monitor's status in its history, and tells the alerts: down opens one, up resolves it. The same change
 * again is the same entry, and at most counts the alert once more.
 */
export const tell = async ({ store, intake, clock }: TellDeps, state: KnownState): Promise<void> => {
  await store.keepChange(state, clock.now());
  const by = actorOf(systemCaller('monitor'));
  if (state.status === 'up') {
    await intake.over(MONITOR_SOURCE, state.id, by, state.reason);
    return;
  }
  const monitor = await store.byId(state.id);
  if (!monitor || state.status !== 'down' || state.muted) return;
  await intake.observe(eventOf(monitor, state), by);
};

/** A monitor that is deleted has nothing to say any more: what it raised is over. */
export const tellGone = ({ intake }: Pick<TellDeps, 'intake'>, id: string): Promise<unknown> =>
  intake.over(MONITOR_SOURCE, id, actorOf(systemCaller('monitor')), 'The monitor was deleted.');

const annotationsOf = ({ runbookUrl }: StoredMonitor): Record<string, string> =>
  runbookUrl ? { runbook_url: runbookUrl } : {};

const eventOf = (monitor: StoredMonitor, { reason }: KnownState) => ({
  source: MONITOR_SOURCE,
  dedupKey: monitor.id,
  title: `${monitor.name} is down`,
  severity: monitor.severity,
  description: reason,
  service: monitor.service,
  team: monitor.team,
  labels: { ...monitor.labels, monitor: monitor.name, check: monitor.check.type },
  annotations: annotationsOf(monitor),
});
