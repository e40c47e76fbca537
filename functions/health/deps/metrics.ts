import { dynamoClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { metricReader } from '../metrics/reader.ts';
import { seriesLimit } from '../metrics/series-limit.ts';
import { metricStore } from '../metrics/store.ts';
import { settings } from './config.ts';

export const metrics = /* @__PURE__ */ once(() => metricStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE));

/** What the verbs need that are about metrics. */
export const metricDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: metrics(),
  reader: metricReader({ store: metrics(), clock: systemClock }),
  mayAdd: seriesLimit(),
}));

/** What the schedule needs that closes hours. */
export const closeHoursDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: metrics(),
  retention: async () => (await settings()()).retention,
}));
