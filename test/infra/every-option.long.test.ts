import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterEach, expect, test, vi } from 'vitest';
import { addStages } from '../../infra/application.ts';
import { STAGES } from '../../infra/config.ts';
import { withOptions } from '../../infra/options.ts';
import { consoleFixture } from '../support/templates.ts';
import { repository } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

const prod = STAGES['prod'] ?? expect.fail('there is no stage prod');

afterEach(() => void vi.unstubAllEnvs());

const EVERY_OPTION: Readonly<Record<string, string>> = {
  operators: 'ops@example.com',
  monthlyDollars: '100',
  watchdogUrl: 'https://hc-ping.com/1',
  mailFrom: 'pager@example.com',
  smsReplies: 'true',
  sms: 'end-user-messaging',
  smsMonthlyDollars: '50',
  accountConcurrency: '1000',
  fips: 'true',
  gradual: 'true',
  costExplorer: 'true',
  auditCopiesDays: '365',
  ingestApi: 'true',
  requestsInFiveMinutes: '2000',
  targetRanges: '10.0.0.0/8',
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  edge: 'false',
  domain: 'tocsin.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/1',
};

test.each([
  ['an account that is not known', undefined],
  ['the account and region that the CDK CLI knows', { account: '111122223333', region: 'us-east-1' }],
])(
  'cdk-nag has no finding on a stage that is deployed with every option: to %s',
  (_, known) => {
    if (known) {
      vi.stubEnv('CDK_DEFAULT_ACCOUNT', known.account);
      vi.stubEnv('CDK_DEFAULT_REGION', known.region);
    }
    const { context } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as { context: object };
    const app = new App({ outdir: temporaryDirectory('options'), context: { ...context } });
    const stage = withOptions(prod, (name) => EVERY_OPTION[name]);
    const code = temporaryDirectory('code');
    addStages(app, [stage], { names: [], directory: () => code }, consoleFixture);
    expect(() => app.synth()).not.toThrow();
  },
  180_000,
);

test('with gradual deployments, what people wait for is invoked by the alias that is moved to new code, and by nothing else', () => {
  const app = new App();
  const code = temporaryDirectory('code');
  const gradual = withOptions(prod, (name) => (name === 'gradual' ? 'true' : undefined));
  addStages(app, [gradual], { names: [], directory: () => code }, consoleFixture);
  const stacks = app.node.children.filter((each) => each instanceof Stack);
  const [application, api] = ['app', 'api'].map((name) =>
    Template.fromStack(stacks.find(({ stackName }) => stackName === `Tocsin-prod-${name}`) ?? expect.fail(name)),
  );
  const aliases = Object.entries(application?.findResources('AWS::Lambda::Alias') ?? {});
  expect(aliases).toHaveLength(10);
  for (const [id, { Properties }] of aliases) {
    const { Ref: fn } = Properties.FunctionName as { readonly Ref: string };
    const mappings = Object.values(application?.findResources('AWS::Lambda::EventSourceMapping') ?? {});
    const invoking = mappings.filter(({ Properties: p }) => JSON.stringify(p.FunctionName).includes(fn));
    for (const mapping of invoking) expect(JSON.stringify(mapping.Properties.FunctionName)).toContain(id);
    const permissions = Object.values(api?.findResources('AWS::Lambda::Permission') ?? {});
    const served = permissions.filter(({ Properties: p }) => JSON.stringify(p.FunctionName).includes(fn));
    for (const permission of served) expect(JSON.stringify(permission.Properties.FunctionName)).toContain(id);
  }
}, 120_000);

test('the dashboard of CloudWatch is one of those that cost nothing, links to the console, and the console knows its address', () => {
  const app = new App();
  const code = temporaryDirectory('code');
  const options: Readonly<Record<string, string>> = { dashboard: 'true', publicUrl: 'https://d1.cloudfront.net/' };
  addStages(app, [withOptions(prod, (name) => options[name])], { names: [], directory: () => code }, consoleFixture);
  const templateOf = (name: string): Template =>
    Template.fromStack(
      app.node.children
        .filter((each) => each instanceof Stack)
        .find(({ stackName }) => stackName === `Tocsin-prod-${name}`) ?? expect.fail(name),
    );
  const dashboards = Object.values(templateOf('observability').findResources('AWS::CloudWatch::Dashboard'));
  expect(dashboards).toMatchObject([{ Properties: { DashboardName: 'tocsin-prod' } }]);
  const body = JSON.stringify(dashboards[0]?.['Properties'].DashboardBody).replaceAll('\\', '');
  const metrics = body.match(/\["(?:AWS|Tocsin)\//g) ?? [];
  expect(metrics.length).toBeGreaterThan(30);
  expect(metrics.length).toBeLessThanOrEqual(50);
  expect(body).toContain('[button:Console](https://d1.cloudfront.net/)');
  const addresses = Object.values(templateOf('app').findResources('AWS::Lambda::Function')).flatMap(
    ({ Properties }) => Properties['Environment'].Variables.CLOUDWATCH_DASHBOARD ?? [],
  );
  expect(addresses).toHaveLength(1);
  expect(JSON.stringify(addresses)).toContain('#dashboards/dashboard/tocsin-prod');
}, 120_000);
