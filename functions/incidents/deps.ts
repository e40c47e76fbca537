import { dynamoClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { incidentStore } from './lifecycle/store.ts';

const tableName = () => readEnv(['INCIDENTS_TABLE']).INCIDENTS_TABLE;

/** What the verbs need that are about incidents. */
export const incidentDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  incidents: incidentStore(dynamoClient(), tableName()),
}));
