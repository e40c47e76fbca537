import {
  aws_events as events,
  aws_iam as iam,
  aws_smsvoice as smsvoice,
  aws_sns as sns,
  CfnOutput,
  Duration,
  Stack,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TOLD_KINDS } from '../../functions/oncall/events.ts';
import {
  ALERT_PREFIX,
  CONTACT_PREFIX,
  DUE,
  INCIDENT_PREFIX,
  PAGING_TABLE_SHAPE,
  PHONE_PREFIX,
  TURN_PREFIX,
  WATCHDOG,
} from '../../functions/paging/table.ts';
import { OWNER_PREFIX } from '../../shared/contacts/contact.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import { consumeQueue, consumeStream, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { AlertsData } from './alerts.ts';
import { configurationSetName, type Channels } from './channels.ts';
import type { IncidentsApp } from './incidents.ts';
import type { OncallData } from './oncall.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of paging that must outlive every deployment: its table, and the topic of answers by SMS. */
export class PagingData extends Construct {
  readonly table: ContextTable;
  /** Where AWS publishes what people answer by SMS. */
  readonly replies: sns.Topic;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const removalPolicy = removalPolicyOf(props.stage);
    this.replies = new sns.Topic(this, 'Replies', {
      displayName: 'Tocsin replies',
      enforceSSL: true,
      signatureVersion: '2',
      ...(props.encryptionKey && { masterKey: props.encryptionKey }),
    });
    this.replies.applyRemovalPolicy(removalPolicy);
    (this.replies.node.defaultChild as sns.CfnTopic).overrideLogicalId('SmsRepliesTopic');
    this.replies.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TwoWaySms',
        actions: ['sns:Publish'],
        resources: [this.replies.topicArn],
        principals: [new iam.ServicePrincipal('sms-voice.amazonaws.com')],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    new CfnOutput(Stack.of(this), 'SmsRepliesTopicArn', {
      value: this.replies.topicArn,
      description: 'The topic that a number for two-way SMS is to publish to',
    });
    this.table = new ContextTable(this, 'Paging', {
      ...props,
      env: 'PAGING_TABLE',
      shape: PAGING_TABLE_SHAPE,
    });
  }
}

/**
 * How long after a failure a message is tried again, and how often. A page must not wait for a queue: after a quarter of an hour a
 * transition, or after eight minutes a step, goes to the dead letters, and the tick or the auditor repairs it.
 */
const FOLLOW_RETRY_SECONDS = 20;
const FOLLOW_ATTEMPTS = 45;
const WORK_RETRY_SECONDS = 45;
const WORK_ATTEMPTS = 10;

/** The functions of paging, but for those that page: the API, what follows alerts, what wakes, and the auditor. */
export class PagingApp extends Construct {
  /** Holds what is to be paged until it is due, and users who were deleted until no token of theirs is taken any more. */
  readonly wakes: WorkQueue;

  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: PagingData;
      readonly channels: Channels;
      readonly alerts: AlertsData;
      readonly oncall: OncallData;
      /** Has people paged who were given roles, and receives the outcomes of pages. */
      readonly incidents: IncidentsApp;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { data, channels, alerts, oncall, functions, grants } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });

    const api = functions.add(this, 'paging', 'Serves contacts, notification rules and pages', {
      memoryMb: 1024,
      reachesTargets: true,
      isAwaited: true,
    });
    data.table.grantTo(api, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    channels.grantChannelsTo(api);
    grants.giveTo(api);

    const answers = new WorkQueue(this, 'Answers', { ...props, deadLetters: { queue: deadLetters, attempts: 10 } });
    answers.subscribeTo(data.replies, { deadLetters });
    const reply = functions.add(this, 'paging-reply', 'Acknowledges and resolves as people answer by SMS', {
      timeoutSeconds: 45,
    });
    data.table.grantTo(reply, ['GetItem', 'PutItem', 'UpdateItem']);
    data.table.grantTo(reply, ['Query'], PHONES_ONLY);
    grants.giveTo(reply);
    channels.grantTextsTo(reply);
    reply.addEnvironment('ALERT_RETENTION_DAYS', String(props.stage.retentionDays));
    const reportsDeliveries = props.stage.sms === 'end-user-messaging';
    if (reportsDeliveries) {
      data.table.grantTo(reply, ['Query'], ROUNDS_ONLY);
      new smsvoice.CfnConfigurationSet(this, 'Texts', {
        configurationSetName: configurationSetName(props.stage),
        eventDestinations: [
          {
            eventDestinationName: 'ledger',
            enabled: true,
            matchingEventTypes: ['TEXT_ALL'],
            snsDestination: { topicArn: data.replies.topicArn },
          },
        ],
      });
    }
    consumeQueue(reply, answers.queue, {
      maxConcurrency: 5,
      isIdle: !props.stage.smsReplies && !reportsDeliveries,
    });

    const news = new WorkQueue(this, 'News', { ...props, deadLetters: { queue: deadLetters, attempts: 10 } });
    alerts.topic.feed(news, deadLetters, 'chats');
    const chats = functions.add(this, 'paging-chats', 'Has messages in chats say how their alerts stand');
    data.table.grantTo(chats, ['GetItem', 'Query']);
    channels.grantSecretTo(chats);
    grants.giveTo(chats);
    consumeQueue(chats, news.queue, { maxConcurrency: 5 });

    const feed = new WorkQueue(this, 'Feed', {
      ...props,
      visibilitySeconds: FOLLOW_RETRY_SECONDS,
      deadLetters: { queue: deadLetters, attempts: FOLLOW_ATTEMPTS },
    });
    alerts.topic.feed(feed, deadLetters, 'paging');
    const follow = functions.add(this, 'paging-follow', 'Begins, holds and ends escalations of alerts', {
      reserved: 20,
      isAwaited: true,
      timeoutSeconds: FOLLOW_RETRY_SECONDS - 5,
    });
    data.table.grantTo(follow, ['GetItem', 'PutItem']);
    grants.giveTo(follow);
    consumeQueue(follow, feed.queue, { maxConcurrency: 20 });

    this.wakes = new WorkQueue(this, 'Wake', {
      ...props,
      env: 'WAKE_QUEUE',
      holdsBackSeconds: 900,
      visibilitySeconds: WORK_RETRY_SECONDS,
      deadLetters: { queue: deadLetters, attempts: WORK_ATTEMPTS },
    });
    this.wakes.grantSendTo(props.incidents.carry);
    const wake = functions.add(this, 'paging-wake', 'Hands on what is due, for then, and what became of pages', {
      isAwaited: true,
    });
    this.wakes.grantSendTo(wake);
    props.incidents.feed.grantSendTo(wake);
    const probes = props.stage.watchdogUrl === undefined ? [] : [PROBES];
    consumeStream(wake, { table: data.table, deadLetters, filters: [DUE_WRITES, ENDED_PAGES, ...probes] });

    const tell = functions.add(
      this,
      'paging-tell',
      'Tells people whose time on call begins or ends, and who is asked to swap',
      { timeoutSeconds: 300, reachesTargets: true },
    );
    data.table.grantTo(tell, ['GetItem', 'Query', 'PutItem']);
    grants.giveTo(tell);
    channels.grantChannelsTo(tell);
    consumeStream(tell, { table: oncall.table, deadLetters, filters: [NOTEWORTHY] });

    const audit = functions.add(this, 'paging-audit', 'Each minute: proves that alerts are escalated as they must be', {
      timeoutSeconds: 55,
    });
    data.table.grantTo(audit, ['GetItem', 'Query', 'PutItem']);
    grants.giveTo(audit);
    this.wakes.grantSendTo(audit);
    runOnSchedule(this, 'EachMinuteAudit', audit, events.Schedule.rate(Duration.minutes(1)), 'Proof of escalations');
  }
}

/**
 * The functions that page. They are deployed with the gateway, since the links that they send lead there: `publicUrl` is its address.
 */
export class PagingSenders extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: PagingData;
      readonly channels: Channels;
      readonly app: PagingApp;
      readonly functions: Functions;
      readonly grants: Grants;
      readonly publicUrl: string;
    },
  ) {
    super(scope, id);
    const { stage, data, channels, app, functions, grants, publicUrl } = props;
    const works = (fn: TocsinFunction): void => {
      data.table.grantTo(fn, ['GetItem', 'Query', 'PutItem']);
      data.table.grantTo(fn, ['DeleteItem'], WAITING_ONLY);
      data.table.grantTo(fn, ['UpdateItem'], TURNS_ONLY);
      data.table.grantTo(fn, ['DeleteItem'], OWNERS_ONLY);
      grants.giveTo(fn);
      app.wakes.grantSendTo(fn);
      channels.grantChannelsTo(fn);
      fn.addEnvironment('PUBLIC_URL', publicUrl);
      fn.addEnvironment('SMS_REPLIES', stage.smsReplies ? 'on' : 'off');
    };
    const work = functions.add(this, 'paging-work', 'Reaches steps and sends pages as they become due', {
      timeoutSeconds: WORK_RETRY_SECONDS - 5,
      handsOn: true,
      reachesTargets: true,
      reserved: 50,
      isAwaited: true,
    });
    works(work);
    consumeQueue(work, app.wakes.queue, { maxConcurrency: 50 });

    const tick = functions.add(this, 'paging-tick', 'Each minute: does what is due and was not done', {
      timeoutSeconds: 90,
      reachesTargets: true,
    });
    works(tick);
    data.table.grantTo(tick, ['UpdateItem'], PROBE_ONLY);
    data.table.grantTo(work, ['UpdateItem'], PROBE_ONLY);
    tick.addEnvironment('WATCHDOG_URL', stage.watchdogUrl ?? 'none');
    runOnSchedule(this, 'EachMinute', tick, events.Schedule.rate(Duration.minutes(1)), 'Pages whose wake-up was lost');
  }
}

/** Writes that somebody is notified of. */
const NOTEWORTHY = {
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: { NewImage: { kind: { S: [...TOLD_KINDS] } } },
};

/** The pages that wait for a digest, which are deleted once it was sent. */
const WAITING_ONLY = { leadingKeys: [`${CONTACT_PREFIX}*`] };

/** Whose turn it is, is counted. */
const TURNS_ONLY = { leadingKeys: [`${TURN_PREFIX}*`] };

/** The pages of a round, of which one was not delivered. */
const ROUNDS_ONLY = { leadingKeys: [`${ALERT_PREFIX}*`, `${INCIDENT_PREFIX}*`] };

/** The codes that are good on a phone. */
const PHONES_ONLY = { leadingKeys: [`${PHONE_PREFIX}*`] };

/** The probe of the watchdog. */
const PROBE_ONLY = { leadingKeys: [WATCHDOG] };

/** What belongs to users. */
const OWNERS_ONLY = { leadingKeys: [`${OWNER_PREFIX}*`] };

/** Writes of what must be looked at again. */
const DUE_WRITES = { dynamodb: { NewImage: { due: { S: [DUE] } } } };

/** Writes of the probe of the watchdog. */
const PROBES = { dynamodb: { Keys: { part: { S: [WATCHDOG] } } } };

/** Writes of pages that a provider took, that none would, or that none answered for. */
const ENDED_PAGES = {
  dynamodb: { NewImage: { status: { S: ['sent', 'failed', 'unconfirmed'] }, attempts: { N: [{ exists: true }] } } },
};
