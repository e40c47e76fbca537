import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { Budget } from '../../infra/constructs/budget.ts';
import { OperatorsTopic } from '../../infra/constructs/operators-topic.ts';
import { TocsinFunction, type TocsinFunctionProps } from '../../infra/constructs/tocsin-function.ts';
import { DataStack } from '../../infra/stacks.ts';
import { withOptions } from '../../infra/options.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

const prod = STAGES['prod'] ?? expect.fail('there is no stage prod');
const stageWith = (options: Readonly<Record<string, string>>) => withOptions(prod, (name) => options[name]);

const functionWith = (options: Readonly<Record<string, string>>, props: Partial<TocsinFunctionProps>): Template => {
  const stack = new Stack(new App(), 'Function');
  const bundles = { names: ['reader'], directory: () => temporaryDirectory('bundle') };
  new TocsinFunction(stack, 'Reader', {
    stage: stageWith(options),
    bundles,
    name: 'reader',
    description: '',
    ...props,
  });
  return Template.fromStack(stack);
};

describe('an option of the command line', () => {
  test.each([
    ['mailFrom', 'pager@example.com', { mailFrom: 'pager@example.com' }],
    ['smsReplies', 'true', { smsReplies: true }],
    ['sms', 'end-user-messaging', { sms: 'end-user-messaging' }],
    ['smsMonthlyDollars', '50', { smsMonthlyDollars: 50 }],
    ['operators', 'ops@example.com,boss@example.com', { operators: ['ops@example.com', 'boss@example.com'] }],
    ['watchdogUrl', 'https://hc-ping.com/1', { watchdogUrl: 'https://hc-ping.com/1' }],
    ['targetRanges', '127.0.0.0/8,::1/128', { targetRanges: ['127.0.0.0/8', '::1/128'] }],
    ['accountConcurrency', '1000', { accountConcurrency: 1000 }],
    ['dashboard', 'true', { dashboard: true }],
    ['customerManagedKey', 'false', { customerManagedKey: false }],
    ['fips', 'true', { fips: true }],
    ['gradual', 'true', { gradual: true }],
    ['ingestApi', 'false', { ingestApi: false }],
    ['edgeKey', '2', { edgeKey: 2 }],
    ['costExplorer', 'true', { costExplorer: true }],
    ['selfMonitor', 'false', { selfMonitor: false }],
    ['auditCopiesDays', '365', { auditCopiesDays: 365 }],
    ['edge', 'false', { edge: false }],
    ['publicUrl', 'https://d1.cloudfront.net/', { publicUrl: 'https://d1.cloudfront.net/' }],
    [
      'webAclArn',
      'arn:aws:wafv2:us-east-1:1:global/webacl/a/b',
      { webAclArn: 'arn:aws:wafv2:us-east-1:1:global/webacl/a/b' },
    ],
    ['waf', 'true', { edgeRequestsInFiveMinutes: 10_000 }],
    ['privateEndpoints', 'true', { allowPrivateEndpoints: true }],
  ])('changes the stage: %s', (name, value, changed) => {
    expect(stageWith({ [name]: value })).toEqual({ ...prod, ...changed });
  });

  test('leaves out the cheaper address beside a web ACL, which does not protect it, unless it is asked for', () => {
    const guarded = { edge: 'false', requestsInFiveMinutes: '2000' };
    expect(stageWith(guarded).ingestApi).toBe(false);
    expect(stageWith({ ...guarded, ingestApi: 'true' }).ingestApi).toBe(true);
  });

  test('counts requests at the edge where a web ACL is there, and keeps the cheaper address', () => {
    const { edgeRequestsInFiveMinutes, requestsInFiveMinutes, ingestApi } = stageWith({
      waf: 'true',
      requestsInFiveMinutes: '2000',
    });
    expect({ edgeRequestsInFiveMinutes, requestsInFiveMinutes, ingestApi }).toEqual({
      edgeRequestsInFiveMinutes: 2_000,
      requestsInFiveMinutes: undefined,
      ingestApi: true,
    });
  });

  test('changes nothing where there is none', () => {
    expect(stageWith({})).toEqual(prod);
  });

  test.each([
    [{ targetRanges: '10.0.0.0/8' }, 'targetRanges needs -c vpcId and -c subnetIds'],
    [{ targetRanges: '127.0.0.0/8,10.0.0.0/8' }, 'targetRanges needs -c vpcId and -c subnetIds'],
    [{ domain: 'tocsin.example.com' }, 'domain and certificateArn go together'],
    [{ domain: 'tocsin.example.com', certificateArn: 'arn:aws:acm:eu-west-1:1:certificate/1' }, 'must be of us-east-1'],
    [{ publicUrl: 'd1.cloudfront.net' }, 'publicUrl must be an address'],
    [{ requestsInFiveMinutes: '2000' }, 'behind the edge are those of CloudFront'],
    [{ waf: 'true', edge: 'false' }, 'waf=true is for the edge'],
    [{ waf: 'true', webAclArn: 'arn:aws:wafv2:us-east-1:1:global/webacl/a/b' }, 'the edge has one web ACL'],
    [{ vpcId: 'vpc-1' }, 'vpcId and subnetIds go together'],
    [{ subnetIds: 'subnet-1' }, 'vpcId and subnetIds go together'],
    [{ sms: 'pigeon' }, 'sms must be sns or end-user-messaging'],
    [{ watchdogUrl: 'hc-ping' }, 'watchdogUrl must be a URL'],
    [{ monthlyDollars: '100' }, 'monthlyDollars needs -c operators'],
    [{ requestsInFiveMinutes: '9' }, 'requestsInFiveMinutes must be at least 10'],
    [{ restored: 'alerts' }, 'restored must be as npm run restore prints it'],
    [
      { restored: 'DataKey=arn:aws:kms:eu-central-1:111122223333:alias/k' },
      'restored must be as npm run restore prints it',
    ],
    [{ smsMonthlyDollars: 'none' }, 'smsMonthlyDollars must be a number'],
  ])('fails the synthesis where it cannot work: %j', (options, message) => {
    expect(() => stageWith(options)).toThrow(message);
  });
});

test('with fips, clients of the SDK in functions call FIPS endpoints', async () => {
  functionWith({ fips: 'true' }, {}).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { AWS_USE_FIPS_ENDPOINT: 'true' } },
  });
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
  const { useFipsEndpoint } = new DynamoDBClient({ region: 'us-east-1' }).config;
  expect(await useFipsEndpoint()).toBe(true);
  vi.unstubAllEnvs();
});

const NETWORK = { targetRanges: '10.0.0.0/8', vpcId: 'vpc-1', subnetIds: 'subnet-1,subnet-2' };

test('a function that reaches targets runs in the network of the stage, and no other does', () => {
  const inside = functionWith(NETWORK, { reachesTargets: true });
  inside.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SubnetIds: ['subnet-1', 'subnet-2'] } });
  inside.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: 'vpc-1' });
  const outside = functionWith(NETWORK, {});
  outside.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
});

test.each([
  ['1000', 100],
  ['999', undefined],
])('an account with a concurrency of %s reserves %s executions for what everybody waits for', (total, reserved) => {
  functionWith({ accountConcurrency: total }, { reserved: 100 }).hasResourceProperties('AWS::Lambda::Function', {
    ReservedConcurrentExecutions: reserved ?? Match.absent(),
  });
});

test('new code of a function that somebody waits for takes a tenth of the calls first, and goes back where it fails', () => {
  const gradual = functionWith({ gradual: 'true' }, { isAwaited: true });
  gradual.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
    DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL', DeploymentType: 'BLUE_GREEN' },
    AutoRollbackConfiguration: {
      Enabled: true,
      Events: Match.arrayWith(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
    },
    AlarmConfiguration: { Enabled: true, Alarms: [{ Name: Match.anyValue() }] },
  });
  gradual.hasResource('AWS::Lambda::Alias', {
    Properties: { Name: 'live' },
    UpdatePolicy: { CodeDeployLambdaAliasUpdate: Match.anyValue() },
  });
  gradual.hasResource('AWS::Lambda::Version', { DeletionPolicy: 'Retain' });
  for (const other of [functionWith({ gradual: 'true' }, {}), functionWith({}, { isAwaited: true })])
    other.resourceCountIs('AWS::Lambda::Alias', 0);
});

test('an error of the alias moves it back: alias, deployment group, alarm and role name each other', () => {
  const { Resources } = functionWith({ gradual: 'true' }, { isAwaited: true }).toJSON() as {
    readonly Resources: Readonly<
      Record<
        string,
        { readonly Type: string; readonly Properties: Record<string, unknown>; readonly UpdatePolicy?: unknown }
      >
    >;
  };
  /** The resource that a value of the template names. */
  const named = (value: unknown): readonly [id: string, type: string, properties: Record<string, unknown>] => {
    const id = /"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/.exec(JSON.stringify(value))?.[1] ?? '';
    const { Type = '', Properties = {} } = Resources[id] ?? {};
    return [id, Type, Properties];
  };
  const alias = Object.values(Resources).find(({ Type }) => Type === 'AWS::Lambda::Alias');
  const { CodeDeployLambdaAliasUpdate: update } = alias?.UpdatePolicy as {
    readonly CodeDeployLambdaAliasUpdate: { readonly ApplicationName: unknown; readonly DeploymentGroupName: unknown };
  };
  const [, , application] = named(update.ApplicationName);
  const [, group, { ApplicationName, ServiceRoleArn, AlarmConfiguration, AutoRollbackConfiguration }] = named(
    update.DeploymentGroupName,
  );
  expect([application['ComputePlatform'], group]).toEqual(['Lambda', 'AWS::CodeDeploy::DeploymentGroup']);
  expect(named(ApplicationName)).toEqual(named(update.ApplicationName));
  expect(AutoRollbackConfiguration).toEqual({
    Enabled: true,
    Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
  });
  const [, , role] = named(ServiceRoleArn);
  expect(JSON.stringify(role['ManagedPolicyArns'])).toContain('AWSCodeDeployRoleForLambdaLimited');
  expect(JSON.stringify(role['AssumeRolePolicyDocument'])).toContain('codedeploy.amazonaws.com');
  const { Alarms: [watched] = [] } = AlarmConfiguration as { readonly Alarms?: readonly { readonly Name: unknown }[] };
  const [, , alarm] = named(watched?.Name);
  expect(alarm).toMatchObject({
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  // Errors of the alias alone, whichever version it leads to.
  const dimensions = alarm['Dimensions'] as readonly { readonly Name: string; readonly Value: unknown }[];
  expect(dimensions.map(({ Name }) => Name).sort()).toEqual(['FunctionName', 'Resource']);
  const [name, resource] = ['FunctionName', 'Resource'].map(
    (each) => dimensions.find(({ Name }) => Name === each)?.Value,
  );
  expect(resource).toEqual({ 'Fn::Join': ['', [name, ':live']] });
  expect([name, alias?.Properties['Name']]).toEqual([alias?.Properties['FunctionName'], 'live']);
  const [, version] = named(alias?.Properties['FunctionVersion']);
  expect(version).toBe('AWS::Lambda::Version');
});

const STREAM = 'arn:aws:dynamodb:eu-central-1:111122223333:table/alerts-202611300300/stream/2026-11-30T03:10:00.000';

test('a stage uses a restored table in place of its own, which stays', () => {
  const app = new App();
  const data = new DataStack(app, stageWith({ restored: `AlertsTable=${STREAM}` }), {});
  expect(data.alerts.table.table.tableArn).toBe(STREAM.slice(0, STREAM.indexOf('/stream/')));
  expect(data.alerts.table.table.tableName).toBe('alerts-202611300300');
  expect(data.alerts.table.table.tableStreamArn).toBe(STREAM);
  const template = Template.fromStack(data);
  expect(Object.keys(template.findResources('AWS::DynamoDB::Table'))).toContain('AlertsTable');
  expect(() => new DataStack(new App(), stageWith({ restored: `OtherTable=${STREAM}` }), {})).toThrow(
    'restored names OtherTable',
  );
});

test('a stage uses the secret, the key and the buckets that it left behind when it was destroyed, and makes none of these', () => {
  const arn = (service: string, resource: string): string => `arn:aws:${service}:eu-central-1:111122223333:${resource}`;
  const ids = ['EdgeKeySecret', 'FirstAdminSecret', 'PagingSecret', 'SigningKeysSecret', 'StandbySecret'];
  const key = arn('kms', 'key/k');
  const secrets = Object.fromEntries(ids.map((id) => [id, arn('secretsmanager', `secret:${id}-abcdef`)]));
  const restored = Object.entries({
    DataKey: key,
    StandbyBucket: 'arn:aws:s3:::tocsin-prod-standby-111122223333-eu-central-1',
    StatusFilesBucket: 'arn:aws:s3:::tocsin-prod-status-111122223333-eu-central-1',
    ...secrets,
  })
    .map(([id, of]) => `${id}=${of}`)
    .join(',');
  const template = Template.fromStack(new DataStack(new App(), stageWith({ restored }), {}));
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  template.resourceCountIs('AWS::KMS::Key', 0);
  template.resourceCountIs('AWS::S3::Bucket', 0);
  for (const purpose of ['standby', 'status'])
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: `tocsin-prod-${purpose}-111122223333-eu-central-1`,
    });
  for (const { Properties } of Object.values(template.findResources('AWS::DynamoDB::Table')))
    expect(Properties.SSESpecification).toMatchObject({ KMSMasterKeyId: key });
});

test('operators are subscribed by mail to a topic that carries alarms of this account, and filters nothing', () => {
  const stack = new Stack(new App(), 'Operators');
  new OperatorsTopic(stack, 'Operators', { stage: stageWith({ operators: 'ops@example.com' }) });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'ops@example.com',
    FilterPolicy: Match.absent(),
  });
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
      ]),
    },
  });
});

test('a budget is mailed to operators before the account costs more', () => {
  const stack = new Stack(new App(), 'Budget');
  const { monthlyDollars = 0, operators } = stageWith({ monthlyDollars: '100', operators: 'ops@example.com' });
  new Budget(stack, 'Budget', { name: 'tocsin-prod', monthlyDollars, operators });
  const notification = (NotificationType: string, Threshold: number) => ({
    Notification: { NotificationType, Threshold, ThresholdType: 'PERCENTAGE', ComparisonOperator: 'GREATER_THAN' },
    Subscribers: [{ SubscriptionType: 'EMAIL', Address: 'ops@example.com' }],
  });
  Template.fromStack(stack).hasResourceProperties('AWS::Budgets::Budget', {
    Budget: { BudgetLimit: { Amount: 100, Unit: 'USD' }, TimeUnit: 'MONTHLY', BudgetType: 'COST' },
    NotificationsWithSubscribers: [notification('ACTUAL', 80), notification('FORECASTED', 100)],
  });
});
