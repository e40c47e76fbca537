import { dynamoClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { healthReader } from '../overview/health.ts';
import { overviewStore } from '../overview/store.ts';

/** The overall status, as the overview tells it. */
export const health = /* @__PURE__ */ once(() =>
  healthReader({ clock: systemClock, store: overviewStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE) }),
);
