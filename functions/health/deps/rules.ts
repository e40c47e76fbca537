import { dynamoClient, sqsClient } from '../../../shared/aws/clients.ts';
import { delayQueue } from '../../../shared/aws/delay-queue.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { currentRules } from '../rules/current-rules.ts';
import { ruleStore } from '../rules/store.ts';
import { settings } from './config.ts';
import { metricDeps } from './metrics.ts';

export const rules = /* @__PURE__ */ once(() => {
  const env = readEnv(['HEALTH_TABLE', 'HEALTH_RETENTION_DAYS']);
  return ruleStore(dynamoClient(), env.HEALTH_TABLE, Number(env.HEALTH_RETENTION_DAYS));
});

/** What the verbs need that are about rules. */
export const ruleDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: rules(),
  reader: metricDeps().reader,
  settings: settings(),
}));

/** What it takes to hold rules against what was observed. */
export const evaluateDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: rules(),
  reader: metricDeps().reader,
  rules: currentRules({ store: rules(), clock: systemClock, settings: settings() }),
}));

/** What it takes to look at a rule when one of its instances is due. */
export const wakeDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  evaluation: evaluateDeps(),
  handOver: delayQueue({ sqs: sqsClient(), queueUrl: readEnv(['WAKE_QUEUE']).WAKE_QUEUE }),
}));
