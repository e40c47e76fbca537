import {
  aws_events as events,
  aws_iam as iam,
  aws_sns_subscriptions as subscriptions,
  Duration,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PAGING_TABLE_SHAPE } from '../../functions/paging/table.ts';
import type { StageConfig } from '../config.ts';
import { consumeQueue, consumeStream, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { AlertsData } from './alerts.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** What of paging must outlive every deployment: its table. */
export class PagingData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Paging', {
      ...props,
      env: 'PAGING_TABLE',
      partitionKey: PAGING_TABLE_SHAPE.hash,
      sortKey: PAGING_TABLE_SHAPE.range,
      indexes: Object.entries(PAGING_TABLE_SHAPE.indexes).map(([name, { hash, range }]) => ({
        name,
        partitionKey: hash,
        sortKey: range,
        projected: [],
      })),
    });
  }
}

/** The functions of paging: the API, what follows alerts, what wakes, what works, and the minute tick. */
export class PagingApp extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & { readonly data: PagingData; readonly alerts: AlertsData; readonly functions: Functions },
  ) {
    super(scope, id);
    const { stage, data, alerts, functions } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    const retention = String(stage.retentionDays);

    const api = functions.add(this, 'paging', 'Serves contacts, policies and pages', { memoryMb: 1024 });
    data.table.grantTo(api, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    api.addEnvironment('ALERT_RETENTION_DAYS', retention);
    grantSms(api);

    const feed = new WorkQueue(this, 'Feed', { ...props, deadLetters: { queue: deadLetters, attempts: 10 } });
    alerts.topic.topic.addSubscription(
      new subscriptions.SqsSubscription(feed.queue, { rawMessageDelivery: true, deadLetterQueue: deadLetters.queue }),
    );
    const follow = functions.add(this, 'paging-follow', 'Begins, holds and ends escalations of alerts');
    data.table.grantTo(follow, ['GetItem', 'PutItem']);
    follow.addEnvironment('ALERT_RETENTION_DAYS', retention);
    consumeQueue(follow, feed.queue, { maxConcurrency: 20 });

    const wakes = new WorkQueue(this, 'Wake', {
      ...props,
      env: 'WAKE_QUEUE',
      holdsBackSeconds: 900,
      deadLetters: { queue: deadLetters, attempts: 5 },
    });
    const wake = functions.add(this, 'paging-wake', 'Hands on what is due, for then');
    wakes.grantSendTo(wake);
    consumeStream(wake, { table: data.table, deadLetters, filters: [DUE_WRITES] });

    const works = (fn: TocsinFunction): void => {
      data.table.grantTo(fn, ['GetItem', 'Query', 'PutItem']);
      alerts.grantTakeBack(fn);
      wakes.grantSendTo(fn);
      grantSms(fn);
    };
    const work = functions.add(this, 'paging-work', 'Reaches steps and sends pages as they become due');
    works(work);
    consumeQueue(work, wakes.queue, { maxConcurrency: 50 });

    const tick = functions.add(this, 'paging-tick', 'Each minute: does what is due and was not done', {
      timeoutSeconds: 55,
    });
    works(tick);
    runOnSchedule(this, 'EachMinute', tick, events.Schedule.rate(Duration.minutes(1)), 'Pages whose wake-up was lost');
  }
}

/** Writes of what must be looked at again. */
const DUE_WRITES = { dynamodb: { NewImage: { due: { S: [{ exists: true }] } } } };

/** Lets a function send text messages: to phones, which have no ARN, and to no topic. */
const grantSms = (fn: TocsinFunction): void => {
  fn.lambda.addToRolePolicy(new iam.PolicyStatement({ actions: ['sns:Publish'], notResources: ['arn:*:sns:*:*:*'] }));
};
