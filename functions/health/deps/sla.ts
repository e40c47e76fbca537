import { dynamoClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { budgetStore } from '../sla/store.ts';
import { settings } from './config.ts';
import { metricDeps } from './metrics.ts';
import { monitors } from './monitors.ts';
import { brokenServices } from './overview.ts';

/** What the verbs need that are about SLAs. */
export const slaDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: monitors(),
  reader: metricDeps().reader,
  settings: settings(),
}));

/** What the schedule needs that watches error budgets. */
export const budgetDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: monitors(),
  budgets: budgetStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE),
  brokenServices,
  settings: settings(),
}));
