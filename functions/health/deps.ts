import { dynamoClient, sqsClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { intake, intakeDeps } from '../alerts/port.ts';
import { configStore } from './config/store.ts';
import { configView } from './config/config.ts';
import { metricReader } from './metrics/reader.ts';
import { seriesLimit } from './metrics/series-limit.ts';
import { metricStore } from './metrics/store.ts';
import { rangesIn } from './monitors/address.ts';
import { checkQueue } from './monitors/check-queue.ts';
import type { StoredMonitor } from './monitors/monitor.ts';
import { runCheck } from './monitors/run-check.ts';
import { monitorStore } from './monitors/store.ts';

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

const monitors = () => {
  const env = readEnv(['HEALTH_TABLE', 'HEALTH_RETENTION_DAYS']);
  return monitorStore(dynamoClient(), env.HEALTH_TABLE, Number(env.HEALTH_RETENTION_DAYS));
};

/** What the verbs need that are about monitors. */
export const monitorDeps = /* @__PURE__ */ once(() => ({ clock: systemClock, store: monitors() }));

/** What it takes to check monitors: here by a worker, there at once for somebody who asks. */
export const examineDeps = /* @__PURE__ */ once(() => {
  const allowed = rangesIn(readEnv(['TARGET_RANGES']).TARGET_RANGES);
  return {
    clock: systemClock,
    store: monitors(),
    metrics: metrics(),
    run: (monitor: StoredMonitor, at: Date) => runCheck(monitor, allowed, at),
  };
});

/** What the minute tick needs. */
export const tickDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: monitors(),
  send: checkQueue({ sqs: sqsClient(), queueUrl: readEnv(['CHECK_QUEUE']).CHECK_QUEUE }),
}));

/** What the reactor needs that tells the alerts how monitors are. */
export const tellDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: monitors(),
  intake: intake(intakeDeps()),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
