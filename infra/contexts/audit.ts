import { aws_events as events, aws_logs as logs, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import { READS, REFUSED } from '../../functions/audit/events.ts';
import { AUDIT_TABLE_SHAPE, CHECKPOINTS, COPIES_PREFIX, ENTRIES, LATE } from '../../functions/audit/table.ts';
import { parameterNames } from '../../shared/kernel/parameter-names.ts';
import type { StageConfig } from '../config.ts';
import type { AlertsTopic } from '../constructs/alerts-topic.ts';
import {
  consumeStream,
  MINUTE_READER_SECONDS,
  readEachMinute,
  runOnSchedule,
  takeWork,
} from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import { grantParameters } from '../constructs/parameter-grant.ts';
import { StageBucket } from '../constructs/stage-bucket.ts';
import type { Grants } from '../constructs/grants.ts';
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
  /** Locked copies of the checkpoints, where the stage keeps some. */
  readonly copies: StageBucket | undefined;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Audit', {
      ...props,
      env: 'AUDIT_TABLE',
      shape: AUDIT_TABLE_SHAPE,
    });
    const { auditCopiesDays } = props.stage;
    this.copies =
      auditCopiesDays === undefined
        ? undefined
        : new StageBucket(this, 'Copies', {
            stage: props.stage,
            logicalId: 'AuditCopiesBucket',
            purpose: 'audit',
            env: 'AUDIT_COPIES_BUCKET',
            prefix: COPIES_PREFIX,
            lockedDays: auditCopiesDays,
          });
  }
}

/** The functions of the audit trail: the API, and the two that write it. */
export class AuditApp extends Construct {
  /** What is sent here comes into the trail, beside what the topic tells. */
  readonly trail: WorkQueue;
  readonly deadLetters: WorkQueue;

  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: AuditData;
      /** The tables whose streams carry events for the trail, as their shapes say. */
      readonly eventful: readonly ContextTable[];
      readonly topic: AlertsTopic;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { stage, data, functions, grants } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    this.deadLetters = deadLetters;
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
    grants.giveTo(changes);
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
    if (data.copies) data.copies.grantTo(checkpoint, ['GetObject', 'PutObject']);
    else checkpoint.addEnvironment('AUDIT_COPIES_BUCKET', 'none');
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

/**
 * The function that stores refused requests and reads of what is sensitive, as the access logs of the gateways have them. Lines that it does not want
 * cost nothing. It is deployed with the gateway, whose logs it reads.
 */
export class AuditRequests extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: AuditData;
      readonly functions: Functions;
      readonly accessLogs: readonly logs.ILogGroup[];
      readonly app: AuditApp;
    },
  ) {
    super(scope, id);
    const { stage, data, functions, accessLogs, app } = props;
    const requests = functions.add(this, 'audit-requests', 'Keeps refusals and sensitive reads in the audit trail', {
      timeoutSeconds: 60,
    });
    data.table.grantTo(requests, ['GetItem', 'PutItem'], WRITTEN);
    requests.addEnvironment('AUDIT_RETENTION_DAYS', String(stage.retentionDays));
    takeWork(requests, { deadLetters: app.deadLetters, lifeMinutes: 60 });
    const is = (name: string, value: string): logs.JsonPattern =>
      logs.FilterPattern.stringValue(`$.${name}`, '=', value);
    for (const [i, logGroup] of accessLogs.entries()) {
      new logs.SubscriptionFilter(this, `Lines${i + 1}`, {
        logGroup,
        destination: new LambdaDestination(requests.lambda),
        filterPattern: logs.FilterPattern.any(
          ...REFUSED.map((status) => is('status', status)),
          ...Object.keys(READS).map((route) => is('route', route)),
        ),
      });
    }
  }
}

/** Of the functions that write entries: no checkpoint is among them. */
const WRITTEN = { leadingKeys: [ENTRIES, LATE] };

/** Writes of items that carry an event. */
const EVENTFUL_WRITES = { dynamodb: { NewImage: { event: { M: { id: { S: [{ exists: true }] } } } } } };
