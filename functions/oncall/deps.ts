import { dynamoClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { catalogueStore } from './catalogue/store.ts';
import { scheduleStore } from './rota/store.ts';

const tableName = () => readEnv(['ONCALL_TABLE']).ONCALL_TABLE;

/** What the verbs need that are about services and teams. */
export const catalogueDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: catalogueStore(dynamoClient(), tableName()),
}));

/** What the verbs need that are about schedules. */
export const rotaDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: scheduleStore(dynamoClient(), tableName()),
}));

/** What the minute tick needs. */
export const tickDeps = rotaDeps;
