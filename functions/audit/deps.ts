import { dynamoClient, sqsClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { auditStore } from './store.ts';

const storeOf = () => {
  const env = readEnv(['AUDIT_TABLE', 'AUDIT_RETENTION_DAYS']);
  return auditStore(dynamoClient(), env.AUDIT_TABLE, Number(env.AUDIT_RETENTION_DAYS));
};

/** What the verbs of this context need. */
export const deps = /* @__PURE__ */ once(() => ({ clock: systemClock, store: storeOf() }));

/** What the reactor needs that reads the alerts' queue. */
export const alertIntakeDeps = /* @__PURE__ */ once(() => ({ store: storeOf() }));

/** What the reactor needs that reads the auth stream. */
export const keepDeps = /* @__PURE__ */ once(() => ({
  store: storeOf(),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
