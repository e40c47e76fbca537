import { shownCheck } from './hidden-headers.ts';
import { isInMaintenance, type Monitor, type MonitorStatus, type StoredMonitor } from './monitor.ts';
import type { KnownState } from './state.ts';

/** The status as people see it: what was found, unless nobody looks or nobody is to be woken. */
export const statusOf = (monitor: StoredMonitor, state: KnownState | undefined, at: Date): MonitorStatus => {
  if (!monitor.enabled) return 'paused';
  if (isInMaintenance(monitor, at)) return 'maintenance';
  return state?.status ?? 'unknown';
};

/** A monitor as people see it, with what is known of it. */
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
  status: statusOf(monitor, state, at),
  statusSince: state?.since ?? null,
  reason: state?.reason ?? null,
  lastPingAt: state?.lastPingAt ?? null,
  lastRunMs: state?.lastRunMs ?? null,
  createdAt: monitor.createdAt,
  changedAt: monitor.changedAt,
});
