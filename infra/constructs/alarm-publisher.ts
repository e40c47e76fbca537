import { aws_iam as iam, type aws_sns as sns } from 'aws-cdk-lib';

/** Lets the CloudWatch alarms of this account, and of no other, publish to a topic. */
export const letAlarmsPublish = (topic: sns.Topic): void => {
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': topic.stack.account } },
    }),
  );
};
