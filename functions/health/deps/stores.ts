import { dynamoClient } from '../../../shared/aws/clients.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { currentSettings } from '../config/current-settings.ts';
import * as configStore from '../config/store.ts';
import * as historyStore from '../monitors/history-store.ts';
import * as runStore from '../monitors/run-store.ts';
import * as monitorStore from '../monitors/store.ts';
import * as overviewStore from '../overview/store.ts';
import * as ruleStore from '../rules/store.ts';
import * as budgetStore from '../sla/store.ts';

export const healthTable = /* @__PURE__ */ once(() => table(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE));

export const configs = /* @__PURE__ */ once(() => bound(configStore, healthTable()));
export const monitors = /* @__PURE__ */ once(() => bound(monitorStore, healthTable()));
export const history = /* @__PURE__ */ once(() => bound(historyStore, healthTable()));
export const runs = /* @__PURE__ */ once(() => bound(runStore, healthTable()));
export const rules = /* @__PURE__ */ once(() => bound(ruleStore, healthTable()));
export const budgets = /* @__PURE__ */ once(() => bound(budgetStore, healthTable()));
export const overview = /* @__PURE__ */ once(() => bound(overviewStore, healthTable()));

/** The settings in force. */
export const settings = /* @__PURE__ */ once(() => currentSettings({ configs: configs(), clock: systemClock }));

/** Days that what is deleted leaves its events. */
export const retentionDays = (): number => Number(readEnv(['HEALTH_RETENTION_DAYS']).HEALTH_RETENTION_DAYS);
