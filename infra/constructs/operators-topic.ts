import { aws_sns as sns, aws_sns_subscriptions as subscriptions } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import { letAlarmsPublish } from './alarm-publisher.ts';

/**
 * The topic of those who run Tocsin: it carries the alarms of the stage and nothing else. It is not encrypted with the key of the stage,
 * so that trouble with the key is reported, too.
 */
export class OperatorsTopic extends Construct {
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: { readonly stage: StageConfig }) {
    super(scope, id);
    const { stage } = props;
    this.topic = new sns.Topic(this, 'Topic', {
      displayName: `Tocsin ${stage.name} operators`,
      enforceSSL: true,
      signatureVersion: '2',
    });
    this.topic.applyRemovalPolicy(removalPolicyOf(stage));
    (this.topic.node.defaultChild as sns.CfnTopic).overrideLogicalId('OperatorsTopic');
    letAlarmsPublish(this.topic);
    for (const address of stage.operators) this.topic.addSubscription(new subscriptions.EmailSubscription(address));
  }
}
