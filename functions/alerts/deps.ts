import { dynamoClient, snsClient, sqsClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { alertStore } from './store.ts';

const storeOf = () => {
  const env = readEnv(['ALERTS_TABLE', 'ALERT_RETENTION_DAYS']);
  return alertStore(dynamoClient(), env.ALERTS_TABLE, Number(env.ALERT_RETENTION_DAYS));
};

const poison = () => ({ sqs: sqsClient(), poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE });

/** What the verbs of this context need. */
export const deps = once(() => ({ clock: systemClock, store: storeOf() }));

/** What the reactor needs that publishes. */
export const notifyDeps = once(() => {
  const env = readEnv(['ALERTS_TOPIC', 'STAGE']);
  return { ...poison(), sns: snsClient(), topicArn: env.ALERTS_TOPIC, environment: env.STAGE };
});

/** What the reactor needs that keeps the timeline. */
export const keepDeps = once(() => ({ ...poison(), store: storeOf() }));
