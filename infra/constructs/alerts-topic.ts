import { aws_iam as iam, aws_sns as sns, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import type { TocsinFunction } from './tocsin-function.ts';
import type { WorkQueue } from './work-queue.ts';

/** The topic that every transition of every alert, and every alarm of our own, is published to. TLS only. */
export class AlertsTopic extends Construct {
  readonly topic: sns.Topic;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly stage: StageConfig; readonly encryptionKey: kms.IKey | undefined },
  ) {
    super(scope, id);
    this.topic = new sns.Topic(this, 'Topic', {
      displayName: 'Tocsin',
      enforceSSL: true,
      signatureVersion: '2',
      ...(props.encryptionKey && { masterKey: props.encryptionKey }),
    });
    this.topic.applyRemovalPolicy(removalPolicyOf(props.stage));
    (this.topic.node.defaultChild as sns.CfnTopic).overrideLogicalId('AlertsTopic');
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        conditions: { StringEquals: { 'aws:SourceAccount': this.topic.stack.account } },
      }),
    );
  }

  /**
   * Puts transitions of alerts into a queue, all of them or those that are named, and nothing else that is published: incidents
   * and alarms of our own have no `transition`.
   */
  feed(queue: WorkQueue, deadLetters: WorkQueue, only?: readonly AlertMessage['transition'][]): void {
    queue.subscribeTo(this.topic, {
      deadLetters,
      filterPolicy: {
        transition: only
          ? sns.SubscriptionFilter.stringFilter({ allowlist: [...only] })
          : sns.SubscriptionFilter.existsFilter(),
      },
    });
  }

  /** Gives a function the ARN of the topic, and the permission to publish to it. */
  grantPublishTo(fn: TocsinFunction): void {
    fn.addEnvironment('ALERTS_TOPIC', this.topic.topicArn);
    this.topic.grantPublish(fn.lambda);
  }
}
