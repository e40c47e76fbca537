import { aws_events as events, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DUE_INDEX, LISTING_INDEX } from '../../functions/alerts/indexes.ts';
import type { StageConfig } from '../config.ts';
import { ContextTable } from '../constructs/context-table.ts';
import { consumeStream, runOnSchedule } from '../constructs/consumers.ts';
import type { Functions } from '../constructs/functions.ts';
import { AlertsTopic } from '../constructs/alerts-topic.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

/** What of the alerts must outlive every deployment: their table and the topic that people are subscribed to. */
export class AlertsData extends Construct {
  readonly table: ContextTable;
  readonly topic: AlertsTopic;

  constructor(scope: Construct, id: string, props: { stage: StageConfig; encryptionKey: kms.IKey | undefined }) {
    super(scope, id);
    this.table = new ContextTable(this, 'Alerts', {
      ...props,
      env: 'ALERTS_TABLE',
      partitionKey: 'slot',
      sortKey: 'item',
      indexes: [
        { name: LISTING_INDEX, partitionKey: 'listing', sortKey: 'id', projected: ['severity', 'source', 'service'] },
        { name: DUE_INDEX, partitionKey: 'due', sortKey: 'dueAt', projected: [] },
      ],
    });
    this.topic = new AlertsTopic(this, 'Topic', props);
  }
}

/** The functions of the alerts: the API, two readers of the stream, and the minute tick. */
export class AlertsApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { stage: StageConfig; encryptionKey: kms.IKey | undefined; data: AlertsData; functions: Functions },
  ) {
    super(scope, id);
    const { stage, data, functions } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    const retention = String(stage.retentionDays);

    const api = functions.add(this, 'alerts', 'Serves the alerts', { memoryMb: 1024 });
    data.table.grantTo(api, ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem']);
    api.addEnvironment('ALERT_RETENTION_DAYS', retention);

    const notify = functions.add(this, 'alerts-notify', 'Publishes each transition to the topic');
    data.topic.grantPublishTo(notify);
    consumeStream(notify, { table: data.table, deadLetters, filters: [ALERT_WRITES] });

    const keep = functions.add(this, 'alerts-keep', 'Keeps timelines and moves resolved alerts');
    data.table.grantTo(keep, ['PutItem', 'UpdateItem']);
    keep.addEnvironment('ALERT_RETENTION_DAYS', retention);
    consumeStream(keep, { table: data.table, deadLetters, filters: [ALERT_WRITES] });

    const tick = functions.add(this, 'alerts-tick', 'Each minute: expiries and snoozes', { timeoutSeconds: 55 });
    data.table.grantTo(tick, ['BatchGetItem', 'Query', 'UpdateItem']);
    tick.addEnvironment('ALERT_RETENTION_DAYS', retention);
    runOnSchedule(
      this,
      'EachMinute',
      tick,
      events.Schedule.rate(Duration.minutes(1)),
      'Expiries and snoozes of alerts',
    );
  }
}

/** Writes of items that are alerts: entries of timelines and gravestones have no id. */
const ALERT_WRITES = { dynamodb: { NewImage: { id: { S: [{ exists: true }] } } } };
