import {
  aws_iam as iam,
  aws_sns as sns,
  aws_sqs as sqs,
  Duration,
  Names,
  RemovalPolicy,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EnvName } from '../../shared/kernel/env.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import type { TocsinFunction } from './tocsin-function.ts';

export interface WorkQueueProps {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
  /** The variable that holds the queue's URL. A queue that only Lambda writes to has none. */
  readonly env?: EnvName;
  readonly fifo?: boolean;
  /** Where a message goes that failed `attempts` times; a queue of dead letters has none itself. */
  readonly deadLetters?: { readonly queue: WorkQueue; readonly attempts: number };
  /** It holds what was accepted and lies nowhere else, so it is kept as long as the stage keeps its data. */
  readonly isData?: true;
  /** Encrypted by SQS's own key: it must take what the table refuses because of the stage's key. */
  readonly withoutStageKey?: true;
  /** Senders hold messages back for so long; the queue is not stuck before that. */
  readonly holdsBackSeconds?: number;
  /** At least six times the timeout of the function that reads it, as AWS advises. */
  readonly visibilitySeconds?: number;
}

/** SQS asks the key of the stage for another data key so often, which KMS charges for. A key that is disabled is used for so long at most. */
const DATA_KEY_LIFE = Duration.hours(1);

/** A queue between two parts that may fail apart: TLS only, encrypted, 14 days of patience. */
export class WorkQueue extends Construct {
  readonly queue: sqs.Queue;
  /** Nothing reads it: whatever lies here waits for a person. */
  readonly holdsDeadLetters: boolean;
  readonly holdsBackSeconds: number;
  private readonly env: EnvName | undefined;
  private readEachMinute = false;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.env = props.env;
    this.holdsBackSeconds = props.holdsBackSeconds ?? 0;
    this.holdsDeadLetters = props.deadLetters === undefined;
    this.queue = new sqs.Queue(this, 'Queue', {
      ...(props.fifo && {
        fifo: true,
        fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
        deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
      }),
      enforceSSL: true,
      removalPolicy: props.isData ? removalPolicyOf(props.stage) : RemovalPolicy.DESTROY,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(props.visibilitySeconds ?? 180),
      ...(props.encryptionKey && !props.withoutStageKey
        ? {
            encryption: sqs.QueueEncryption.KMS,
            encryptionMasterKey: props.encryptionKey,
            dataKeyReuse: DATA_KEY_LIFE,
          }
        : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
      ...(props.deadLetters && {
        deadLetterQueue: { queue: props.deadLetters.queue.queue, maxReceiveCount: props.deadLetters.attempts },
      }),
    });
  }

  /** A function reads it each minute, and Lambda does not poll it. */
  get isReadEachMinute(): boolean {
    return this.readEachMinute;
  }

  /** Gives a function the queue's URL, and the permission to receive and delete its messages. */
  grantReadEachMinuteTo(fn: TocsinFunction): void {
    this.readEachMinute = true;
    if (this.env) fn.addEnvironment(this.env, this.queue.queueUrl);
    this.queue.grantConsumeMessages(fn.lambda);
  }

  grantSendTo(fn: TocsinFunction): void {
    if (this.env) fn.addEnvironment(this.env, this.queue.queueUrl);
    this.queue.grantSendMessages(fn.lambda);
  }

  /**
   * Has a topic send to the queue what matches, as it was published. The construct library's own subscription would let every topic of SNS
   * use the key of the stage; the policy of the key lets in those of this account.
   */
  subscribeTo(
    topic: sns.ITopic,
    { deadLetters, filterPolicy }: { readonly deadLetters: WorkQueue; readonly filterPolicy?: FilterPolicy },
  ): void {
    this.queue.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
        conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
      }),
    );
    // Under the id that the library gives it: another one would subscribe the same queue, and then delete that subscription.
    new sns.Subscription(this.queue, Names.nodeUniqueId(topic.node), {
      topic,
      protocol: sns.SubscriptionProtocol.SQS,
      endpoint: this.queue.queueArn,
      rawMessageDelivery: true,
      deadLetterQueue: deadLetters.queue,
      ...(filterPolicy && { filterPolicy }),
    });
  }
}

type FilterPolicy = Readonly<Record<string, sns.SubscriptionFilter>>;
