import { dynamoClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { capability } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { currentSettings } from './config/current-settings.ts';
import { DEFAULT_SETTINGS, type Notifications } from './config/settings.ts';
import * as configStore from './config/store.ts';
import { HEALTH_GRANTS } from './grants.ts';
import { heartbeatDesk as heartbeatDeskOver } from './monitors/heartbeat-desk.ts';
import * as historyStore from './monitors/history-store.ts';
import * as runStore from './monitors/run-store.ts';
import * as monitorStore from './monitors/store.ts';
import { uptimeReaderOver } from './sla/read-uptime.ts';

/*
 * What other contexts may ask: how people are notified, the state and the past of monitors and services, and heartbeats by their slugs. A function that asks
 * is granted the partitions that hold it, and nothing else.
 */
export type { Notifications } from './config/settings.ts';
export type { Heartbeat } from './monitors/heartbeat-desk.ts';
export { CreateMonitor, SLUG } from './monitors/monitor.ts';
export type { Span } from './sla/period.ts';
export type { MonitorCounts, Subject, UptimeReader } from './sla/read-uptime.ts';
export { tallied, within, type Condition, type Segment } from './sla/timeline.ts';

/** Reads how monitors and services are, and how they were. */
export const uptimeReader = /* @__PURE__ */ capability(HEALTH_GRANTS.uptime, () => {
  const health = table(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE);
  return uptimeReaderOver({
    clock: systemClock,
    history: bound(historyStore, health),
    runs: bound(runStore, health),
    monitors: bound({ known: monitorStore.known }, health),
    settings: currentSettings({ configs: bound(configStore, health), clock: systemClock }),
  });
});

/** Reads, changes and pings heartbeats by their slugs. */
export const heartbeatDesk = /* @__PURE__ */ capability(HEALTH_GRANTS.heartbeats, () => {
  const env = readEnv(['HEALTH_TABLE', 'HEALTH_RETENTION_DAYS']);
  return heartbeatDeskOver({
    clock: systemClock,
    monitors: bound(monitorStore, table(dynamoClient(), env.HEALTH_TABLE)),
    retentionDays: Number(env.HEALTH_RETENTION_DAYS),
  });
});

/**
 * The notification settings as they were at most thirty seconds ago. While they cannot be read, the last known ones stay in
 * force, or those that every installation begins with: people are still notified.
 */
export const notificationReader = /* @__PURE__ */ capability(HEALTH_GRANTS.config, () => {
  const settings = currentSettings({
    configs: bound(configStore, table(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE)),
    clock: systemClock,
  });
  return async (): Promise<Notifications> => {
    try {
      return (await settings()).notifications;
    } catch {
      return DEFAULT_SETTINGS.notifications;
    }
  };
});
