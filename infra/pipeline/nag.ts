import { aws_codebuild as codebuild, aws_s3 as s3, Validations, type CfnElement } from 'aws-cdk-lib';
import type { DeliveryStack } from './delivery-stack.ts';

type Reasons = Readonly<Record<string, string>>;

const OF_CDK_PIPELINES = 'CDK Pipelines writes this policy: builds read and write the bucket of the pipeline.';

const REASONS: Reasons = {
  'AwsSolutions-CB4': 'What builds hand on is in a bucket that only the pipeline reads, encrypted by the key of S3.',
  'AwsSolutions-S1': 'Only the pipeline reads the bucket of its artefacts. CodePipeline keeps the history of what ran.',
  ...Object.fromEntries(
    ['s3:Abort*', 's3:DeleteObject*', 's3:GetBucket*', 's3:GetObject*', 's3:List*'].map((action) => [
      `AwsSolutions-IAM5[Action::${action}]`,
      OF_CDK_PIPELINES,
    ]),
  ),
  'AwsSolutions-IAM5[Resource::*]': 'The pipeline looks at its own stack before it changes itself.',
  'AwsSolutions-IAM5[Resource::arn:*:iam::<AWS::AccountId>:role/*]':
    'The pipeline changes itself by roles of the bootstrap, which a condition on their tag names.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iam::<AWS::AccountId>:role/cdk-hnb659fds-*]':
    'Deployments assume the roles of the bootstrap, by the beginning of their names.',
  ...Object.fromEntries(
    ['staging', 'prod'].map((stage) => [
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:Tocsin-${stage}-*]`,
      'The smoke test sets off an alarm of the stage, by the beginning of its name.',
    ]),
  ),
};

/** Acknowledges, with their reasons, the findings of cdk-nag on the pipeline that are meant to be. */
export const acknowledgeDelivery = (stack: DeliveryStack): void => {
  const idsOf = (type: abstract new (...args: never[]) => CfnElement): readonly string[] =>
    stack.node
      .findAll()
      .flatMap((each) => (each instanceof type ? [stack.resolve((each as CfnElement).logicalId) as string] : []));
  const own = (service: string, resource: string): string =>
    `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}]`;
  const reasons: Reasons = {
    ...REASONS,
    ...Object.fromEntries(
      idsOf(codebuild.CfnProject).flatMap((id) => [
        [own('codebuild', `report-group/<${id}>-*`), 'A build writes reports of its own.'],
        [own('logs', `log-group:/aws/codebuild/<${id}>:*`), 'A build writes a log of its own.'],
      ]),
    ),
    ...Object.fromEntries(
      idsOf(s3.CfnBucket).map((id) => [`AwsSolutions-IAM5[Resource::<${id}.Arn>/*]`, OF_CDK_PIPELINES]),
    ),
  };
  Validations.of(stack).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
};
