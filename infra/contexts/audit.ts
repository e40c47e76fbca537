import { aws_events as events, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AUDIT_TABLE_SHAPE, CHECKPOINTS, ENTRIES, LATE } from '../../functions/audit/table.ts';
import { parameterNames } from '../../shared/kernel/parameter-names.ts';
import type { StageConfig } from '../config.ts';
import type { AlertsTopic } from '../constructs/alerts-topic.ts';
import { consumeStream, MINUTE_READER_SECONDS, readEachMinute, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import { grantParameters } from '../constructs/parameter-grant.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

/** Refusals of the store are no fault of a message: once a minute, it is tried for five hours. */
const TRAIL_ATTEMPTS = 300;

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of the audit trail that must outlive every deployment: its table. */
export class AuditData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Audit', {
      ...props,
      env: 'AUDIT_TABLE',
      shape: AUDIT_TABLE_SHAPE,
    });
  }
}

/** The functions of the audit trail: the API, and the two that write it. */
export class AuditApp extends Construct {
  /** What is sent here comes into the trail, beside what the topic tells. */
  readonly trail: WorkQueue;

  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: AuditData;
      /** The tables whose streams carry events for the trail, as their shapes say. */
      readonly eventful: readonly ContextTable[];
      readonly topic: AlertsTopic;
      readonly functions: Functions;
    },
  ) {
    super(scope, id);
    const { stage, data, functions } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    const retention = String(stage.retentionDays);

    const api = functions.add(this, 'audit', 'Serves the audit trail', { memoryMb: 1024 });
    data.table.grantTo(api, ['BatchGetItem', 'Query']);
    api.addEnvironment('AUDIT_RETENTION_DAYS', retention);
    const { auditKeys, auditPublicKeys, auditEnd } = parameterNames(stage.name);
    api.addEnvironment('AUDIT_PUBLIC_KEYS_PATH', auditPublicKeys);
    api.addEnvironment('AUDIT_END_PARAMETER', auditEnd);
    grantParameters(api, [auditPublicKeys, `${auditPublicKeys}/*`], ['GetParametersByPath'], props.encryptionKey);
    grantParameters(api, [auditEnd], ['GetParameter'], props.encryptionKey);

    const changes = functions.add(this, 'audit-changes', 'Keeps security events and changes in the audit trail');
    data.table.grantTo(changes, ['GetItem', 'PutItem'], WRITTEN);
    changes.addEnvironment('AUDIT_RETENTION_DAYS', retention);
    for (const table of props.eventful) consumeStream(changes, { table, deadLetters, filters: [EVENTFUL_WRITES] });

    this.trail = new WorkQueue(this, 'Intake', {
      ...props,
      env: 'TRAIL_QUEUE',
      visibilitySeconds: 45,
      deadLetters: { queue: deadLetters, attempts: TRAIL_ATTEMPTS },
    });
    props.topic.feed(this.trail, deadLetters, 'audit');
    const alerts = functions.add(
      this,
      'audit-alerts',
      'Each minute: stores what people do to alerts in the audit trail',
      {
        timeoutSeconds: MINUTE_READER_SECONDS,
      },
    );
    data.table.grantTo(alerts, ['GetItem', 'PutItem'], WRITTEN);
    alerts.addEnvironment('AUDIT_RETENTION_DAYS', retention);
    readEachMinute(this, 'EachMinute', alerts, this.trail, 'What people do to alerts');

    const checkpoint = functions.add(this, 'audit-checkpoint', 'Each hour: closes hours of the audit trail', {
      timeoutSeconds: 600,
    });
    data.table.grantTo(checkpoint, ['BatchGetItem', 'Query']);
    data.table.grantTo(checkpoint, ['PutItem'], { leadingKeys: [CHECKPOINTS] });
    checkpoint.addEnvironment('AUDIT_RETENTION_DAYS', retention);
    checkpoint.addEnvironment('AUDIT_KEYS_PATH', auditKeys);
    checkpoint.addEnvironment('AUDIT_END_PARAMETER', auditEnd);
    checkpoint.addEnvironment('PARAMETER_KEY', props.encryptionKey?.keyArn ?? 'none');
    grantParameters(checkpoint, [auditKeys, `${auditKeys}/*`], ['GetParametersByPath'], props.encryptionKey);
    grantParameters(checkpoint, [auditEnd], ['GetParameter', 'PutParameter'], props.encryptionKey);
    runOnSchedule(
      this,
      'EachHour',
      checkpoint,
      events.Schedule.rate(Duration.hours(1)),
      'Closes hours of the audit trail',
    );
  }
}

/** Of the functions that write entries: no checkpoint is among them. */
const WRITTEN = { leadingKeys: [ENTRIES, LATE] };

/** Writes of items that carry an event. */
const EVENTFUL_WRITES = { dynamodb: { NewImage: { event: { M: { id: { S: [{ exists: true }] } } } } } };
