import {
  Aws,
  aws_events as events,
  aws_iam as iam,
  aws_ses as ses,
  aws_sns as sns,
  Duration,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { STATUS_TABLE_SHAPE } from '../../functions/status/table.ts';
import type { StageConfig } from '../config.ts';
import { consumeStream, MINUTE_READER_SECONDS, readEachMinute, runOnSchedule } from '../constructs/consumers.ts';
import { ContextTable } from '../constructs/context-table.ts';
import type { Functions } from '../constructs/functions.ts';
import type { Grants } from '../constructs/grants.ts';
import { objectsOf, StageBucket, stageBucketName } from '../constructs/stage-bucket.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';
import type { Channels } from './channels.ts';
import { WorkQueue } from '../constructs/work-queue.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The name of the bucket of the files, by which the edge knows it. */
export const statusBucketName = (stage: StageConfig): string => stageBucketName(stage, PURPOSE);

const PURPOSE = 'status';
/** The keys of the files are their paths on the host. */
const PREFIX = 'status/';

const readByCloudFront = (stage: StageConfig) =>
  new iam.PolicyStatement({
    actions: ['s3:GetObject'],
    resources: [objectsOf(stage, PURPOSE, PREFIX)],
    principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
    conditions: {
      ArnLike: { 'AWS:SourceArn': `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*` },
    },
  });

/** The part of the status pages that must outlive every deployment: their table, and the bucket of their files. */
export class StatusData extends Construct {
  readonly table: ContextTable;
  private readonly files: StageBucket;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { stage } = props;
    this.table = new ContextTable(this, 'Status', { ...props, env: 'STATUS_TABLE', shape: STATUS_TABLE_SHAPE });
    this.files = new StageBucket(this, 'Files', {
      stage,
      logicalId: 'StatusFilesBucket',
      purpose: PURPOSE,
      env: 'STATUS_BUCKET',
      prefix: PREFIX,
      policy: [readByCloudFront(stage)],
    });
  }

  /** Allows a function to look at the files and to write them. */
  grantFilesTo(fn: TocsinFunction): void {
    this.files.grantTo(fn, ['GetObject', 'PutObject']);
  }
}

/** The function by which people manage the status pages, and the queue of work for subscribers. */
export class StatusApp extends Construct {
  readonly jobs: WorkQueue;
  readonly deadLetters: WorkQueue;
  /** The configuration set of SES for mails to subscribers; `none` where the stage sends no mail. */
  readonly mailSet: string;

  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: StatusData;
      readonly channels: Channels;
      readonly functions: Functions;
      readonly grants: Grants;
    },
  ) {
    super(scope, id);
    const { data, channels, functions, grants, stage } = props;
    this.deadLetters = new WorkQueue(this, 'DeadLetters', { ...props, env: 'POISON_QUEUE' });
    this.jobs = new WorkQueue(this, 'Jobs', {
      ...props,
      env: 'STATUS_JOBS_QUEUE',
      deadLetters: { queue: this.deadLetters, attempts: 10 },
    });
    this.mailSet = stage.mailFrom === undefined ? 'none' : this.reportedMails();
    const api = functions.add(this, 'status', 'Serves the API of the status pages', { memoryMb: 1024 });
    data.table.grantTo(api, ['GetItem', 'Query', 'PutItem']);
    data.table.grantTo(api, ['DeleteItem'], SUBSCRIBERS_ONLY);
    data.table.grantRequestKeysTo(api);
    grants.giveTo(api);
    this.jobs.grantSendTo(api);
    channels.grantSecretTo(api);
    api.addEnvironment('TARGET_RANGES', stage.targetRanges.join(',') || 'none');
  }

  /** The name of a set of mails by which SES reports to the queue what bounced and what was called spam. */
  private reportedMails(): string {
    const topic = new sns.Topic(this, 'Feedback', { enforceSSL: true, signatureVersion: '2' });
    const set = new ses.ConfigurationSet(this, 'Mails');
    set.addEventDestination('Feedback', {
      destination: ses.EventDestination.snsTopic(topic),
      events: [ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT],
    });
    this.jobs.subscribeTo(topic, { deadLetters: this.deadLetters });
    return set.configurationSetName;
  }
}

/**
 * The functions that render the pages into files. They are deployed with the gateway, since the feeds that they write name the address of
 * the host, `publicUrl`.
 */
export class StatusRenderers extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: Props & {
      readonly data: StatusData;
      readonly app: StatusApp;
      readonly channels: Channels;
      readonly functions: Functions;
      readonly grants: Grants;
      readonly publicUrl: string;
    },
  ) {
    super(scope, id);
    const { stage, data, app, channels, functions, grants, publicUrl } = props;
    const { deadLetters, jobs } = app;
    const renders = (fn: TocsinFunction): void => {
      data.table.grantTo(fn, ['GetItem', 'Query']);
      data.table.grantTo(fn, ['UpdateItem'], { leadingKeys: ['RENDERED'] });
      data.grantFilesTo(fn);
      grants.giveTo(fn);
      fn.addEnvironment('PUBLIC_URL', publicUrl);
      fn.addEnvironment('MAIL_FROM', stage.mailFrom ?? 'none');
    };
    const render = functions.add(this, 'status-render', 'Renders a status page when it changed', { memoryMb: 1024 });
    renders(render);
    jobs.grantSendTo(render);
    consumeStream(render, { table: data.table, deadLetters, filters: [SHOWN_WRITES] });

    const refresh = functions.add(this, 'status-refresh', 'Each minute: renders status pages whose monitors changed', {
      memoryMb: 1024,
      timeoutSeconds: 55,
    });
    renders(refresh);
    runOnSchedule(this, 'EachMinute', refresh, events.Schedule.rate(Duration.minutes(1)), 'Status pages');

    const deliver = functions.add(this, 'status-deliver', 'Each minute: writes to the subscribers of status pages', {
      reachesTargets: true,
      timeoutSeconds: MINUTE_READER_SECONDS,
    });
    data.table.grantTo(deliver, ['GetItem', 'Query', 'PutItem', 'UpdateItem']);
    data.table.grantTo(deliver, ['DeleteItem'], SUBSCRIBERS_ONLY);
    channels.grantChannelsTo(deliver);
    jobs.grantSendTo(deliver);
    deliver.addEnvironment('PUBLIC_URL', publicUrl);
    deliver.addEnvironment('MAIL_SET', app.mailSet);
    readEachMinute(this, 'EachMinuteJobs', deliver, jobs, 'Work for subscribers of status pages');
  }
}

/** Subscribers are deleted, and nothing else is. */
const SUBSCRIBERS_ONLY = { leadingKeys: ['SUBSCRIBER#*'] };

/** Pages and notices. */
const SHOWN_WRITES = {
  dynamodb: { NewImage: { part: { S: [{ prefix: 'PAGE' }, { prefix: 'NOTICE#' }] } } },
};
