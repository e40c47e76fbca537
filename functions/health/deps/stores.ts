import { dynamoClient } from '../../../shared/aws/clients.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../../shared/aws/idempotency-store.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { currentSettings } from '../config/current-settings.ts';
import * as configStore from '../config/store.ts';
import * as costStore from '../cost/store.ts';
import * as dashboardStore from '../dashboards/store.ts';
import * as historyStore from '../monitors/history-store.ts';
import * as runStore from '../monitors/run-store.ts';
import * as monitorStore from '../monitors/store.ts';
import * as overviewStore from '../overview/store.ts';
import * as ruleStore from '../rules/store.ts';
import * as budgetStore from '../sla/store.ts';
import { HEALTH_TABLE_SHAPE } from '../table.ts';

export const healthTable = /* @__PURE__ */ lazy(() => table(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE));

export const configs = /* @__PURE__ */ lazy(() => bound(configStore, healthTable()));
export const monitors = /* @__PURE__ */ lazy(() => bound(monitorStore, healthTable()));
export const history = /* @__PURE__ */ lazy(() => bound(historyStore, healthTable()));
export const runs = /* @__PURE__ */ lazy(() => bound(runStore, healthTable()));
export const rules = /* @__PURE__ */ lazy(() => bound(ruleStore, healthTable()));
export const budgets = /* @__PURE__ */ lazy(() => bound(budgetStore, healthTable()));
export const costs = /* @__PURE__ */ lazy(() => bound(costStore, healthTable()));
export const dashboards = /* @__PURE__ */ lazy(() => bound(dashboardStore, healthTable()));
export const overview = /* @__PURE__ */ lazy(() => bound(overviewStore, healthTable()));

/** Where requests that have an `Idempotency-Key` are recorded. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  store: idempotencyStore(healthTable(), HEALTH_TABLE_SHAPE),
}));

/** The settings in force. */
export const settings = /* @__PURE__ */ lazy(() => currentSettings({ configs: configs(), clock: systemClock }));

/** Days that what is deleted leaves its events. */
export const retentionDays = (): number => Number(readEnv(['HEALTH_RETENTION_DAYS']).HEALTH_RETENTION_DAYS);
