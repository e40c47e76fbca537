import type { Clock } from '../../../shared/kernel/clock.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { actorOf, type Intake } from '../../alerts/port.ts';
import type { StoredMonitor } from './monitor.ts';
import type { KnownState } from './state.ts';
import type { MonitorStore } from './store.ts';

export interface TellDeps {
  readonly store: Pick<MonitorStore, 'byId' | 'keepChange' | 'keepOutage'>;
  readonly intake: Pick<Intake, 'observe' | 'over'>;
  readonly clock: Clock;
}

/** The source of the alerts that monitors raise; the key is the monitor's id. */
const MONITOR_SOURCE = 'monitor';

/**
 * Keeps a change of a monitor's status in its history, and tells the alerts: down opens one; it is over when the monitor is up or
 * what was found counts no more, as after a pause. The same change again is the same entry, and at most counts the alert once more.
 */
export const tell = async ({ store, intake, clock }: TellDeps, state: KnownState): Promise<void> => {
  await store.keepChange(state, clock.now());
  const by = actorOf(systemCaller('monitor'));
  const monitor = isFirst(state) ? undefined : await store.byId(state.id);
  if (monitor?.service) await store.keepOutage(state, monitor.service, clock.now());
  if (state.status !== 'down') {
    await intake.over(MONITOR_SOURCE, state.id, by, state.reason);
    return;
  }
  if (!monitor?.enabled || state.muted) return;
  await intake.observe(eventOf(monitor, state), by);
};

/** Up with its first check: nothing was wrong before. */
const isFirst = ({ status, sequence }: KnownState): boolean => status === 'up' && sequence === 1;

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
