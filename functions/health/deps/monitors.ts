import { dynamoClient, sqsClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { checkQueue } from '../monitors/check-queue.ts';
import { monitorStore } from '../monitors/store.ts';

export const monitors = /* @__PURE__ */ once(() => {
  const env = readEnv(['HEALTH_TABLE', 'HEALTH_RETENTION_DAYS']);
  return monitorStore(dynamoClient(), env.HEALTH_TABLE, Number(env.HEALTH_RETENTION_DAYS));
});

/** What the verbs need that are about monitors. */
export const monitorDeps = /* @__PURE__ */ once(() => ({ clock: systemClock, store: monitors() }));

/** What the minute tick needs. */
export const tickDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: monitors(),
  send: checkQueue({ sqs: sqsClient(), queueUrl: readEnv(['CHECK_QUEUE']).CHECK_QUEUE }),
}));
