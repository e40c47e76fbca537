import { dynamoClient, sqsClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
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

/** What the reactor needs that reads the queue of the alerts. */
export const alertsDeps = /* @__PURE__ */ lazy(() => ({ store: bound({ add }, auditTable()) }));

/** What the reactor needs that reads the streams of the other tables. */
export const changesDeps = /* @__PURE__ */ lazy(() => ({
  ...alertsDeps(),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
