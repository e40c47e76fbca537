import type { Clock } from '../../../shared/kernel/clock.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import { revisionOf, type Intake } from '../../alerts/port.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { HistoryStore } from './history-store.ts';
import type { StoredMonitor } from './monitor.ts';
import type { KnownState } from './state.ts';
import type { MonitorStore } from './store.ts';

export interface ReportMonitorDeps {
  readonly monitors: Pick<MonitorStore, 'byId'>;
  readonly history: Pick<HistoryStore, 'keepChange' | 'keepOutage'>;
  readonly intake: Pick<Intake, 'report'>;
  readonly clock: Clock;
  /** Days that changes stay at least. */
  readonly retentionDays: number;
}

/** The source of the alerts that monitors raise; the key is the monitor's id. */
const MONITOR_SOURCE = 'monitor';

/**
 * Stores a change of a monitor's status in its history and reports it to the alerts: down opens an alert, any other status resolves
 * it. The same change again is the same entry, and nothing to the alerts.
 */
export const reportMonitor = async (
  { monitors, history, intake, clock, retentionDays }: ReportMonitorDeps,
  state: KnownState,
  stream: string,
): Promise<void> => {
  await history.keepChange(state, clock.now(), retentionDays);
  const monitor = isFirst(state) ? undefined : await monitors.byId(state.id);
  const by = actorOf(systemCaller('monitor', monitor?.name));
  if (monitor?.service) await history.keepOutage(state, monitor.service, clock.now());
  const revision = revisionOf(stream, state.sequence);
  if (state.status !== 'down') {
    const over = { source: MONITOR_SOURCE, dedupKey: state.id, note: state.reason };
    return intake.report({ revision, over }, by);
  }
  if (!monitor?.enabled || state.muted) return;
  await intake.report({ revision, wrong: eventOf(monitor, state) }, by);
};

/** Up with its first check: nothing was wrong before. */
const isFirst = ({ status, sequence }: KnownState): boolean => status === 'up' && sequence === 1;

/** Resolves the alert of a monitor that was deleted. */
export const reportDeletedMonitor = (
  { intake }: Pick<ReportMonitorDeps, 'intake'>,
  { id, sequence }: Pick<KnownState, 'id' | 'sequence'>,
  stream: string,
): Promise<void> =>
  intake.report(
    {
      revision: revisionOf(stream, sequence + 1),
      over: { source: MONITOR_SOURCE, dedupKey: id, note: 'The monitor was deleted.' },
    },
    actorOf(systemCaller('monitor')),
  );

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
