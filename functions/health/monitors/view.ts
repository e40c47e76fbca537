import { shownCheck } from './hidden-headers.ts';
import { isInMaintenance, type Monitor, type MonitorStatus, type StoredMonitor } from './monitor.ts';
import type { KnownState } from './state.ts';

/** The status that is shown: the result of the checks, unless the monitor is paused or in maintenance. */
export const statusOf = (monitor: StoredMonitor, state: KnownState | undefined, at: Date): MonitorStatus => {
  if (!monitor.enabled) return 'paused';
  if (isInMaintenance(monitor, at)) return 'maintenance';
  return state?.status ?? 'unknown';
};

/** A monitor as it is shown, with its state. */
export const monitorView = (monitor: StoredMonitor, state: KnownState | undefined, at: Date): Monitor => ({
  id: monitor.id,
  version: monitor.version,
  name: monitor.name,
  check: shownCheck(monitor.check),
  intervalMinutes: monitor.intervalMinutes,
  timeoutMs: monitor.timeoutMs,
  failAfter: monitor.failAfter,
  recoverAfter: monitor.recoverAfter,
  severity: monitor.severity,
  service: monitor.service,
  team: monitor.team,
  labels: monitor.labels,
  runbookUrl: monitor.runbookUrl,
  enabled: monitor.enabled,
  maintenance: monitor.maintenance,
  recurringMaintenance: [...(monitor.recurringMaintenance ?? [])],
  status: statusOf(monitor, state, at),
  statusSince: state?.since ?? null,
  reason: state?.reason ?? null,
  lastPingAt: state?.lastPingAt ?? null,
  lastRunMs: state?.lastRunMs ?? null,
  createdAt: monitor.createdAt,
  changedAt: monitor.changedAt,
});
