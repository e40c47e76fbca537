import { dynamoClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { configStore } from './config/store.ts';
import { configView } from './config/config.ts';
import { metricReader } from './metrics/reader.ts';
import { seriesLimit } from './metrics/series-limit.ts';
import { metricStore } from './metrics/store.ts';

/** What the verbs need that are about the configuration. */
export const configDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: configStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE),
}));

const metrics = /* @__PURE__ */ once(() => metricStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE));

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
  retention: async () => configView(await configDeps().store.current()).settings.retention,
}));
