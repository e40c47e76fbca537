import { dynamoClient, sqsClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { Queue } from '../../shared/aws/send-message.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { add, entries, type AuditTable } from './store.ts';

const auditTable = (): AuditTable => {
  const env = readEnv(['AUDIT_TABLE', 'AUDIT_RETENTION_DAYS']);
  return { ...table(dynamoClient(), env.AUDIT_TABLE), retentionDays: Number(env.AUDIT_RETENTION_DAYS) };
};

/** What the routes of this context need. */
export const deps = /* @__PURE__ */ lazy(() => ({ clock: systemClock, store: bound({ entries }, auditTable()) }));

/** The queue of what people do to alerts. */
export const trailQueue = (): Queue => ({ sqs: sqsClient(), queueUrl: readEnv(['TRAIL_QUEUE']).TRAIL_QUEUE });

/** What the reactor needs that reads this queue. */
export const alertsDeps = /* @__PURE__ */ lazy(() => ({ store: bound({ add }, auditTable()) }));

/** What the reactor needs that reads the streams of the other tables. */
export const changesDeps = /* @__PURE__ */ lazy(() => ({
  ...alertsDeps(),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
