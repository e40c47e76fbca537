import { dynamoClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { alertCounter } from '../../alerts/port.ts';
import { bearerReader } from '../../auth/port.ts';
import { dashboardReader } from '../overview/health.ts';
import { overviewStore } from '../overview/store.ts';

const store = /* @__PURE__ */ once(() => overviewStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE));

/** What telling the overall status needs. */
export const overviewDeps = /* @__PURE__ */ once(() => ({
  dashboard: dashboardReader({ clock: systemClock, store: store() }),
  bearerOf: bearerReader(),
}));

/** What counting needs. */
export const surveyDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: store(),
  openAlerts: alertCounter(),
}));

/** Services of which something is down just now. */
export const brokenServices = async (): Promise<string[]> =>
  (await store().look()).broken.flatMap(({ kind, service }) =>
    kind === 'monitor' && service !== null ? [service] : [],
  );
