import { aws_events as events, Duration, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import type { StageConfig } from '../config.ts';
import { consumeQueue, consumeStream, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { AlertsData } from './alerts.ts';

/** Refusals of the store are no fault of a message: three minutes apart, it is tried for five hours. */
const FEED_ATTEMPTS = 100;

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The part of incidents that must outlive every deployment: its table. */
export class IncidentsData extends Construct {
  readonly table: ContextTable;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.table = new ContextTable(this, 'Incidents', {
      ...props,
      env: 'INCIDENTS_TABLE',
      shape: INCIDENTS_TABLE_SHAPE,
    });
  }
}

/**
 * The functions of the incidents: the API, what follows alerts, and what carries changes on and does what follows from
 * them.
 */
export class IncidentsApp extends Construct {
  /** Takes what happens to alerts, what became of pages, and jobs that changes of incidents make necessary for their alerts. */
  readonly feed: WorkQueue;
  /** Has those paged who were named. */
  readonly carry: TocsinFunction;

  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: IncidentsData;
      readonly alerts: AlertsData;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { data, alerts, functions, grants } = props;
    const deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });

    const api = functions.add(this, 'incidents', 'Serves incidents', { memoryMb: 1024 });
    data.table.grantTo(api, ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem']);
    grants.giveTo(api);

    this.feed = new WorkQueue(this, 'Feed', {
      ...props,
      env: 'PAGES_QUEUE',
      holdsBackSeconds: 240,
      deadLetters: { queue: deadLetters, attempts: FEED_ATTEMPTS },
    });
    alerts.topic.feed(this.feed, deadLetters, 'incidents');
    const follow = functions.add(
      this,
      'incidents-follow',
      'Puts alerts and pages into incidents and figures, and does the jobs of incidents',
      {
        handsOn: true,
      },
    );
    data.table.grantTo(follow, ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem']);
    grants.giveTo(follow);
    this.feed.grantSendTo(follow);
    consumeQueue(follow, this.feed.queue, { maxConcurrency: 20 });

    const carry = functions.add(this, 'incidents-carry', 'Tells subscribers of incidents, and hands on what follows');
    this.carry = carry;
    alerts.topic.grantPublishTo(carry);
    this.feed.grantSendTo(carry);
    consumeStream(carry, { table: data.table, deadLetters, filters: [TOLD_WRITES, WRITES_WITH_JOBS] });

    const settle = functions.add(this, 'incidents-settle', 'Each hour: adds up the days that are over, for figures', {
      memoryMb: 1024,
      timeoutSeconds: 300,
    });
    data.table.grantTo(settle, ['GetItem', 'BatchGetItem', 'Query', 'PutItem']);
    runOnSchedule(this, 'EachHour', settle, events.Schedule.rate(Duration.hours(1)), 'Days that are over');
  }
}

/** Entries of timelines that are published to subscribers. */
const TOLD_WRITES = { dynamodb: { NewImage: { about: { M: { id: { S: [{ exists: true }] } } } } } };

/** Incidents. */
const WRITES_WITH_JOBS = { dynamodb: { NewImage: { item: { S: ['INCIDENT'] } } } };
