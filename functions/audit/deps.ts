import { dynamoClient, s3Client, sqsClient, ssmClient } from '../../shared/aws/clients.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { Queue } from '../../shared/aws/send-message.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { openerFor } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import type { AddCheckpointsDeps } from './chain/add-checkpoints.ts';
import { checkpointCopies } from './chain/copies-store.ts';
import { chainEnd } from './chain/end-store.ts';
import { publicKeys, signingKeys } from './chain/keys-store.ts';
import { addCheckpoint, checkpointBefore, checkpointsBetween, contentOf, pageOf } from './chain/store.ts';
import { alertIntake } from '../alerts/port.ts';
import { AUDIT_MANIFEST } from './manifest.ts';
import { add, entries, type AuditTable } from './store.ts';

const auditTable = (): AuditTable => {
  const env = readEnv(['AUDIT_TABLE', 'AUDIT_RETENTION_DAYS']);
  return { ...table(dynamoClient(), env.AUDIT_TABLE), retentionDays: Number(env.AUDIT_RETENTION_DAYS) };
};

/** What the routes of this context need. */
export const deps = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['AUDIT_PUBLIC_KEYS_PATH', 'AUDIT_END_PARAMETER']);
  const table = auditTable();
  return {
    clock: systemClock,
    store: bound({ entries, checkpointBefore, checkpointsBetween, contentOf, pageOf }, table),
    end: chainEnd({ ssm: ssmClient(), keyArn: 'none' }, env.AUDIT_END_PARAMETER),
    keys: publicKeys({ clock: systemClock, ssm: ssmClient() }, env.AUDIT_PUBLIC_KEYS_PATH),
    retentionDays: table.retentionDays,
  };
});

/** The queue of what people do to alerts. */
export const trailQueue = (): Queue => ({ sqs: sqsClient(), queueUrl: readEnv(['TRAIL_QUEUE']).TRAIL_QUEUE });

/** What the reactor needs that reads this queue. */
export const alertsDeps = /* @__PURE__ */ lazy(() => ({ clock: systemClock, store: bound({ add }, auditTable()) }));

/** What the reactor needs that reads the streams of the other tables. */
export const changesDeps = /* @__PURE__ */ lazy(() => ({
  ...alertsDeps(),
  intake: openerFor(AUDIT_MANIFEST['audit-changes'])(alertIntake),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));

/** What closes the hours of the trail. */
export const checkpointDeps = /* @__PURE__ */ lazy((): Omit<AddCheckpointsDeps, 'remainingMs'> => {
  const env = readEnv(['AUDIT_KEYS_PATH', 'AUDIT_END_PARAMETER', 'AUDIT_COPIES_BUCKET', 'PARAMETER_KEY']);
  const table = auditTable();
  const parameters = { ssm: ssmClient(), keyArn: env.PARAMETER_KEY };
  const keys = lazy(() => signingKeys(parameters.ssm, env.AUDIT_KEYS_PATH));
  return {
    clock: systemClock,
    store: bound({ addCheckpoint, checkpointBefore, contentOf }, table),
    end: chainEnd(parameters, env.AUDIT_END_PARAMETER),
    ...(env.AUDIT_COPIES_BUCKET !== 'none' && {
      copies: checkpointCopies({ s3: s3Client(), bucket: env.AUDIT_COPIES_BUCKET }),
    }),
    signer: async () => (await keys()).signer,
    keys: async () => (await keys()).keys,
    retentionDays: table.retentionDays,
  };
});
