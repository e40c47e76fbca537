import { dynamoClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { healthReader } from '../overview/health.ts';
import { overviewStore } from '../overview/store.ts';

const overview = /* @__PURE__ */ once(() => overviewStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE));

/** The overall status, as the overview tells it. */
export const health = /* @__PURE__ */ once(() => healthReader({ clock: systemClock, store: overview() }));

/** Services of which something is down just now. */
export const brokenServices = async (): Promise<string[]> =>
  (await overview().broken()).flatMap(({ kind, service }) => (kind === 'monitor' && service !== null ? [service] : []));
