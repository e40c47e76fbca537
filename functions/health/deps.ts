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
import { rangesIn } from '../../shared/http/address.ts';
import { checkQueue } from './monitors/check-queue.ts';
import type { StoredMonitor } from './monitors/monitor.ts';
import { runCheck } from './monitors/run-check.ts';
import { monitorStore } from './monitors/store.ts';
import { healthReader } from './overview/health.ts';
import { overviewStore } from './overview/store.ts';
import { currentRules } from './rules/current-rules.ts';
import { ruleStore } from './rules/store.ts';

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
  retention: async () => (await settings()).retention,
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

const rules = () => {
  const env = readEnv(['HEALTH_TABLE', 'HEALTH_RETENTION_DAYS']);
  return ruleStore(dynamoClient(), env.HEALTH_TABLE, Number(env.HEALTH_RETENTION_DAYS));
};

const settings = async () => configView(await configDeps().store.current()).settings;

/** What the verbs need that are about rules. */
export const ruleDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: rules(),
  reader: metricDeps().reader,
  settings,
}));

/** What it takes to hold rules against what was observed. */
export const evaluateDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: rules(),
  reader: metricReader({ store: metrics(), clock: systemClock }),
  rules: currentRules({ store: rules(), clock: systemClock }),
}));

/** The overall status, as the overview tells it. */
export const health = /* @__PURE__ */ once(() =>
  healthReader({ clock: systemClock, store: overviewStore(dynamoClient(), readEnv(['HEALTH_TABLE']).HEALTH_TABLE) }),
);

/** What the reactor needs that tells the alerts how monitors and rules are. */
export const tellDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: monitors(),
  rules: rules(),
  evaluation: evaluateDeps(),
  intake: intake(intakeDeps()),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
