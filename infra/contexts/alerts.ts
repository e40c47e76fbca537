import { aws_events as events, aws_iam as iam, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ALERTS_TABLE_SHAPE, SUBSCRIPTION_SLOT, SILENCE_SLOT, VIEW_SLOT } from '../../functions/alerts/table.ts';
import type { StageConfig } from '../config.ts';
import { ContextTable } from '../constructs/context-table.ts';
import { consumeStream, MINUTE_READER_SECONDS, readEachMinute, runOnSchedule } from '../constructs/consumers.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { AlertsTopic } from '../constructs/alerts-topic.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

/**
 * Refusals of the store are no fault of a message, and poison is set aside by the reader itself: so a message is tried for
 * sixteen hours, once a minute, before it is put among the dead letters.
 */
const SPILL_ATTEMPTS = 1000;
/** What failed is visible again at the next minute. */
const SPILL_HIDDEN_SECONDS = 45;

/**
 * The part of alerts that must outlive every deployment: its table, the topic that people are subscribed to, and the queue
 * that keeps accepted events while the table refuses.
 */
export class AlertsData extends Construct {
  readonly table: ContextTable;
  readonly topic: AlertsTopic;
  readonly spill: WorkQueue;

  constructor(scope: Construct, id: string, props: { stage: StageConfig; encryptionKey: kms.IKey | undefined }) {
    super(scope, id);
    this.table = new ContextTable(this, 'Alerts', {
      ...props,
      env: 'ALERTS_TABLE',
      shape: ALERTS_TABLE_SHAPE,
    });
    this.topic = new AlertsTopic(this, 'Topic', props);
    const deadLetters = new WorkQueue(this, 'SpillDeadLetters', {
      ...props,
      fifo: true,
      isData: true,
      withoutStageKey: true,
    });
    this.spill = new WorkQueue(this, 'Spill', {
      ...props,
      fifo: true,
      isData: true,
      withoutStageKey: true,
      env: 'SPILL_QUEUE',
      visibilitySeconds: SPILL_HIDDEN_SECONDS,
      deadLetters: { queue: deadLetters, attempts: SPILL_ATTEMPTS },
    });
  }
}

/** The functions of the alerts: the API, a reader of the stream, one of the spill queue, and the minute tick. */
export class AlertsApp extends Construct {
  readonly deadLetters: WorkQueue;

  constructor(
    scope: Construct,
    id: string,
    props: {
      stage: StageConfig;
      encryptionKey: kms.IKey | undefined;
      data: AlertsData;
      functions: Functions;
      grants: Grants;
    },
  ) {
    super(scope, id);
    const { stage, data, functions, grants } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    this.deadLetters = deadLetters;
    const retention = String(stage.retentionDays);

    const drain = functions.add(
      this,
      'alerts-drain',
      'Each minute, and when it is woken: applies the events that waited while the table refused',
      {
        handsOn: true,
        timeoutSeconds: MINUTE_READER_SECONDS,
      },
    );
    data.table.grantTo(drain, ['GetItem', 'Query', 'PutItem', 'UpdateItem']);
    drain.addEnvironment('ALERT_RETENTION_DAYS', retention);
    deadLetters.grantSendTo(drain);
    drain.grantHandOnToItself();
    readEachMinute(this, 'EachMinuteDrain', drain, data.spill, 'Events that waited while the table refused');

    const api = functions.add(this, 'alerts', 'Serves the alerts', { memoryMb: 1024, isAwaited: true });
    data.table.grantTo(api, ['GetItem', 'BatchGetItem', 'Query']);
    grants.giveTo(api);
    grantSubscriptions(api, data);
    data.table.grantTo(api, ['DeleteItem'], { leadingKeys: [VIEW_SLOT, SILENCE_SLOT] });
    api.addEnvironment('PRIVATE_ENDPOINTS', stage.allowPrivateEndpoints ? 'allowed' : 'refused');

    const keep = functions.add(this, 'alerts-keep', 'Keeps timelines and moves resolved alerts');
    data.table.grantTo(keep, ['PutItem', 'UpdateItem']);
    keep.addEnvironment('ALERT_RETENTION_DAYS', retention);
    consumeStream(keep, { table: data.table, deadLetters, filters: [LATER_TRANSITIONS], gatherSeconds: 1 });

    const tick = functions.add(
      this,
      'alerts-tick',
      'Each minute: expiries, the ends of snoozes and silences, and recurring silences',
      {
        timeoutSeconds: 55,
      },
    );
    data.table.grantTo(tick, ['BatchGetItem', 'Query', 'UpdateItem']);
    data.table.grantTo(tick, ['PutItem', 'DeleteItem'], { leadingKeys: [SILENCE_SLOT] });
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

/** Writes by which an alert changed after it opened. Entries of timelines and tombstones have no id. */
export const LATER_TRANSITIONS = {
  eventName: ['MODIFY'],
  dynamodb: { NewImage: { id: { S: [{ exists: true }] }, sequence: { N: [{ 'anything-but': ['1'] }] } } },
};

/**
 * Allows a function to manage subscriptions to the topic, and to store the creator of each. IAM knows no resource
 * for a subscription, so the calls about one are allowed for any; the store refuses to touch those of other topics.
 */
const grantSubscriptions = (fn: TocsinFunction, { table, topic }: AlertsData): void => {
  fn.addEnvironment('ALERTS_TOPIC', topic.topic.topicArn);
  table.grantTo(fn, ['DeleteItem'], { leadingKeys: [SUBSCRIPTION_SLOT] });
  fn.lambda.addToRolePolicy(
    new iam.PolicyStatement({
      actions: ['sns:Subscribe', 'sns:ListSubscriptionsByTopic'],
      resources: [topic.topic.topicArn],
    }),
  );
  fn.lambda.addToRolePolicy(
    new iam.PolicyStatement({ actions: ['sns:GetSubscriptionAttributes', 'sns:Unsubscribe'], resources: ['*'] }),
  );
};
