import { aws_iam as iam, aws_sns as sns, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FOLLOWERS_ATTRIBUTE, type Follower } from '../../functions/alerts/events.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import { letAlarmsPublish } from './alarm-publisher.ts';
import { takeWork } from './consumers.ts';
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
    letAlarmsPublish(this.topic);
  }

  /**
   * Puts the transitions of alerts into a queue that name its reader as a follower, and nothing else that is published: incidents
   * and alarms of our own name none.
   */
  feed(queue: WorkQueue, deadLetters: WorkQueue, follower: Follower): void {
    queue.subscribeTo(this.topic, {
      deadLetters,
      filterPolicy: { [FOLLOWERS_ATTRIBUTE]: sns.SubscriptionFilter.stringFilter({ allowlist: [follower] }) },
    });
  }

  /**
   * Has a function run for each transition that names it as a follower. Unlike a queue it costs nothing while there is none. What
   * fails three times goes to the dead letters; SNS itself tries for weeks.
   */
  invoke(fn: TocsinFunction, deadLetters: WorkQueue, follower: Follower): void {
    takeWork(fn, { deadLetters, lifeMinutes: 60 });
    fn.invoked.addPermission('ByTheTopic', {
      principal: new iam.ServicePrincipal('sns.amazonaws.com'),
      sourceArn: this.topic.topicArn,
    });
    new sns.Subscription(fn, 'Transitions', {
      topic: this.topic,
      protocol: sns.SubscriptionProtocol.LAMBDA,
      endpoint: fn.invoked.functionArn,
      filterPolicy: { [FOLLOWERS_ATTRIBUTE]: sns.SubscriptionFilter.stringFilter({ allowlist: [follower] }) },
    });
  }

  /** Gives a function the ARN of the topic, and the permission to publish to it. */
  grantPublishTo(fn: TocsinFunction): void {
    fn.addEnvironment('ALERTS_TOPIC', this.topic.topicArn);
    this.topic.grantPublish(fn.lambda);
  }
}
