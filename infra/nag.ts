import { aws_s3 as s3, Stack, Token, Validations, type App, type aws_apigateway as apigateway } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { StageConfig } from './config.ts';
import type { HttpApi } from './constructs/http-api.ts';
import { EARLIER } from './contexts/auth.ts';
import { EdgeStack } from './edge.ts';
import { TocsinFunction } from './constructs/tocsin-function.ts';

/**
 * Has every synthesis checked against the AwsSolutions and Serverless packs: a finding that is not acknowledged here,
 * with its reason, fails it.
 */
export const checkWithNag = (app: App): void => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
};

type Reasons = Readonly<Record<string, string>>;

const DEAD_LETTERS = 'Only queues of dead letters have none of their own; an alarm tells of every message in them.';

const EVERYWHERE: Reasons = {
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
    'Allows writing logs and nothing else.',
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]':
    'Allows a function to have an address in the network of the stage, and nothing else.',
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]':
    'What CodeDeploy itself needs to move an alias, and nothing else.',
  'AwsSolutions-IAM5[Action::kms:ReEncrypt*]': 'DynamoDB and SQS require it of a caller, on the one key of the stage.',
  'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]':
    'DynamoDB and SQS require it of a caller, on the one key of the stage.',
  'AwsSolutions-IAM5[Resource::*]':
    'IAM knows no resource for traces, metrics, costs, lists of secrets, nor the subscriptions of a topic; test/infra/api.test.ts names the actions.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]':
    'Alarms are asked for by how their names begin, which IAM allows for all alarms only.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:tocsin-pages*]':
    'Topics that people make for pages, by the beginning of their names.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:configuration-set/*]':
    'The configuration set of a mail identity is chosen in SES; the sender address is fixed.',
  ...Object.fromEntries(
    EARLIER.map((name) => [
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${name}-*]`,
      'CloudFormation ends the names of secrets by chance. Only those with the tag of the stage are read, at a deployment.',
    ]),
  ),
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]':
    'Values of an earlier life are encrypted by its key, which has the tag of the stage.',
  'AwsSolutions-SQS3': DEAD_LETTERS,
  'Serverless-SQSRedrivePolicy': DEAD_LETTERS,
  'Serverless-LambdaDLQ': 'No function is invoked asynchronously but by schedules, whose next run heals what one left.',
  'Serverless-LambdaAsyncFailureDestination': 'Only schedules invoke asynchronously; the next run heals what one left.',
  'Serverless-SNSRedrivePolicy':
    'A mail of an alarm that cannot be delivered is of no use later; the alarm itself stays in CloudWatch.',
  'Serverless-EventBusDLQ': 'A schedule whose run failed is healed by the next; an alarm tells of a missing tick.',
  'Serverless-LambdaEventSourceMappingDestination': 'A queue has its dead letters by its own redrive policy.',
};

const FILES: Reasons = {
  'AwsSolutions-S1':
    'A bucket holds files for everybody, or who may call and no secret: a log of its readers would say nothing, and cost more than the files.',
};

const API: Reasons = {
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
    'What API Gateway itself needs to write access logs.',
  'AwsSolutions-APIG3':
    'A web ACL costs as much as all the rest in an idle month: -c requestsInFiveMinutes makes one. Throttles and lock-outs are our own.',
  'AwsSolutions-APIG6': 'Execution logs hold paths, and keys travel in paths: docs/adr/0005-keys-in-paths.md.',
  'AwsSolutions-COG4': 'The authorizer is our own function: docs/adr.',
  'Serverless-APIGWXrayEnabled': 'Traces hold paths, and keys travel in paths: docs/adr/0005-keys-in-paths.md.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys/*]':
    'The ids of the keys that it manages are made at run time.',
};

const PUBLISHER =
  'Of the construct that copies the files of the console into the bucket at a deployment, and runs at no other time.';

const EDGE: Reasons = {
  'AwsSolutions-S1': 'The bucket has the public files of the console, which are read through CloudFront only.',
  'AwsSolutions-CFR1': 'People on call travel.',
  'AwsSolutions-CFR2': 'A web ACL costs as much as all the rest in an idle month: -c waf=true makes one.',
  'AwsSolutions-CFR3': 'Access logs hold paths, and keys travel in paths: docs/adr/0005-keys-in-paths.md.',
  'AwsSolutions-CFR4':
    'The certificate of CloudFront itself takes TLS 1.0 as well; with -c domain it is TLS 1.2 and later.',
  'AwsSolutions-L1': PUBLISHER,
  'Serverless-LambdaLatestVersion': PUBLISHER,
  'Serverless-LambdaTracing': PUBLISHER,
  'AwsSolutions-IAM5[Action::s3:GetBucket*]': PUBLISHER,
  'AwsSolutions-IAM5[Action::s3:GetObject*]': PUBLISHER,
  'AwsSolutions-IAM5[Action::s3:List*]': PUBLISHER,
  'AwsSolutions-IAM5[Action::s3:Abort*]': PUBLISHER,
  'AwsSolutions-IAM5[Action::s3:DeleteObject*]': PUBLISHER,
  'AwsSolutions-IAM5[Resource::<ConsoleBucket.Arn>/*]': PUBLISHER,
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]':
    PUBLISHER,
};

const PUBLIC: Reasons = {
  'AwsSolutions-APIG4':
    'Public by purpose: logins, signing keys, the contract, and surfaces whose vendors put the key where only the function can look.',
};

/** For functions for whose answer nobody waits, and for intake. */
const UNTRACED: Reasons = {
  'Serverless-LambdaTracing':
    'X-Ray samples the first run of each second and charges for it: docs/adr/0087-what-an-idle-month-costs.md.',
};

const acknowledge = (scope: IConstruct, reasons: Reasons): void => {
  const entries = Object.entries(reasons).flatMap(([id, reason]) => [
    { id, reason },
    { id: knownIn(Stack.of(scope), id), reason },
  ]);
  Validations.of(scope).acknowledge(...entries);
};

/** A finding as cdk-nag names it in a template for an account and region that the CDK CLI knows, and not by pseudo parameters. */
const knownIn = ({ partition, account, region }: Stack, id: string): string =>
  Object.entries({ Partition: partition, AccountId: account, Region: region })
    .filter(([, value]) => !Token.isUnresolved(value))
    .reduce((known, [pseudo, value]) => known.replaceAll(`<AWS::${pseudo}>`, value), id);

const WITHOUT_RECOVERY: Reasons = {
  'AwsSolutions-DDB3': 'A stage whose data may be lost: infra/config.ts says which.',
};

/** Acknowledges, with their reasons, the findings that are meant to be. */
export const acknowledgeFindings = (stage: StageConfig, stacks: readonly Stack[], api: Stack, http: HttpApi): void => {
  for (const stack of stacks) {
    acknowledge(stack, {
      ...EVERYWHERE,
      ...(!stage.pointInTimeRecovery && WITHOUT_RECOVERY),
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::tocsin-${stage.name}-status-<AWS::AccountId>-<AWS::Region>/status/*]`]:
        'All files of status pages, and no others.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::tocsin-${stage.name}-audit-<AWS::AccountId>-<AWS::Region>/checkpoints/*]`]:
        'All copies of checkpoints, and nothing else.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::tocsin-${stage.name}-standby-<AWS::AccountId>-<AWS::Region>/standby/*]`]:
        'The standby register, and nothing else.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/tocsin/${stage.name}/signing-keys/*]`]:
        'Each signing key is a parameter of its own.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/tocsin/${stage.name}/audit-key/*]`]:
        'Each key that signs checkpoints of the audit trail is a parameter of its own.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/tocsin/${stage.name}/audit-public-key/*]`]:
        'Each public key of the audit trail is a parameter of its own.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/tocsin/${stage.name}/data-key/*]`]:
        'Each key that seals stored secrets is a parameter of its own.',
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/tocsin/${stage.name}/*]`]:
        'At a deployment, one function makes the values of the stage.',
    });
  }
  const untraced = stacks
    .flatMap(({ node }) => node.findAll())
    .filter((each) => each instanceof TocsinFunction && !each.isTraced);
  for (const fn of untraced) acknowledge(fn, UNTRACED);
  const buckets = stacks.flatMap(({ node }) => node.findAll()).filter((each) => each instanceof s3.Bucket);
  for (const bucket of buckets) acknowledge(bucket, FILES);
  for (const method of [...http.publicMethods, ...(http.ingest?.methods ?? [])]) acknowledge(method, PUBLIC);
  for (const stack of stacks.filter((each) => each instanceof EdgeStack)) acknowledge(stack, EDGE);
  const plans = Object.values(http.plans).map(
    (plan) => api.resolve((plan.node.defaultChild as apigateway.CfnUsagePlan).logicalId) as string,
  );
  acknowledge(api, {
    ...API,
    ...Object.fromEntries(
      plans.map((plan) => [
        `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/usageplans/<${plan}>/keys/*]`,
        'The keys of a plan are made at run time.',
      ]),
    ),
  });
};
