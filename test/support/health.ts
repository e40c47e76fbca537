import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DEFAULT_SETTINGS, type Settings } from '../../functions/health/config/settings.ts';
import * as configStore from '../../functions/health/config/store.ts';
import * as dashboardStore from '../../functions/health/dashboards/store.ts';
import type { WatchDeps } from '../../functions/health/http/watch.ts';
import * as blockStore from '../../functions/health/metrics/block-store.ts';
import { metricLister } from '../../functions/health/metrics/list-metrics.ts';
import { metricReader } from '../../functions/health/metrics/reader.ts';
import * as segmentStore from '../../functions/health/metrics/segment-store.ts';
import { seriesLimit } from '../../functions/health/metrics/series-limit.ts';
import type { BillOrReason } from '../../functions/health/cost/bill.ts';
import * as costStore from '../../functions/health/cost/store.ts';
import * as historyStore from '../../functions/health/monitors/history-store.ts';
import * as runStore from '../../functions/health/monitors/run-store.ts';
import * as monitorStore from '../../functions/health/monitors/store.ts';
import { dashboardReader } from '../../functions/health/overview/get-health.ts';
import { overviewReader } from '../../functions/health/overview/get-overview.ts';
import * as overviewStore from '../../functions/health/overview/store.ts';
import * as ruleStore from '../../functions/health/rules/store.ts';
import * as budgetStore from '../../functions/health/sla/store.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { INSIDE } from '../../shared/kernel/audit-event.ts';
import type { Inventory } from '../../shared/cost/inventory.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { systemCaller, type Request } from '../../shared/kernel/caller.ts';
import type { Clock } from '../../shared/kernel/clock.ts';

/** A table of the watch, in the embedded engine or in memory. */
export interface HealthTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** The request of somebody, for verbs that are called without the gateway. */
export const bySomebody: Request = { caller: systemCaller('somebody'), origin: INSIDE };

/** The stores of the watch on a table. */
export const healthStores = ({ client, tableName }: HealthTable) => {
  const health = table(client, tableName);
  return {
    configs: bound(configStore, health),
    monitors: bound(monitorStore, health),
    history: bound(historyStore, health),
    runs: bound(runStore, health),
    segments: bound(segmentStore, health),
    blocks: bound(blockStore, health),
    rules: bound(ruleStore, health),
    budgets: bound(budgetStore, health),
    overview: bound(overviewStore, health),
    dashboards: bound(dashboardStore, health),
    costs: bound(costStore, health),
  };
};
export type HealthStores = ReturnType<typeof healthStores>;

/** A stage that costs seven dollars and a half a month while nothing happens. */
const INVENTORY: Inventory = {
  alarms: 16,
  dashboards: 0,
  keys: 1,
  secrets: 4,
  queues: 18,
  logGroups: 43,
  polled: { standard: 8, fifo: 1 },
  readEachMinute: { standard: 1, fifo: 1 },
  dataKeySeconds: [300, 3600],
  runsADay: 8_978,
  hasSelfMonitor: true,
  logsAccess: true,
  tracesIntake: false,
  hasIngestApi: false,
  memoryMb: { intake: 1024, relay: 512, keeper: 512, checks: 1024, rules: 1024 },
};

/** All that the verbs of the watch need, on a table. No token or key is known, and the settings are those that every installation begins with. */
export const healthDeps = (on: HealthTable, clock: Clock) => {
  const stores = healthStores(on);
  const reader = metricReader({ ...stores, clock });
  const dashboard = dashboardReader({ ...stores, clock });
  return {
    ...stores,
    clock,
    retentionDays: 30,
    reader,
    listMetrics: metricLister({ reader, clock }),
    mayAdd: seriesLimit(),
    settings: async (): Promise<Settings> => DEFAULT_SETTINGS,
    dashboard,
    readOverview: overviewReader({
      ...stores,
      clock,
      dashboard,
      openAlerts: async () => ({ info: 0, warning: 0, error: 0, critical: 0 }),
      reader,
      settings: async () => DEFAULT_SETTINGS,
      openIncidents: async () => [],
      onCallNow: async () => [],
    }),
    cloudWatchDashboard: 'https://cloudwatch.test/dashboard',
    smsAccount: async () => ({ sandbox: false, monthlyLimitDollars: 50 }),
    inventory: INVENTORY,
    bill: async (): Promise<BillOrReason> => ({ reason: 'off' }),
    openedBetween: async (_from: Date, _to: Date) => ({ alerts: 0, pages: 0 }),
    bearerOf: (async () => undefined) as WatchDeps['bearerOf'],
    holderOf: (async () => undefined) as WatchDeps['holderOf'],
  };
};
export type HealthDeps = ReturnType<typeof healthDeps>;
