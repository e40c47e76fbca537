import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { checkWithNag } from '../../infra/nag.ts';
import { DeliveryStack, smokeSecret } from '../../infra/pipeline/delivery-stack.ts';
import { acknowledgeDelivery } from '../../infra/pipeline/nag.ts';
import { DEPLOY, INSTALL, SHIPPED, TEST } from '../../infra/pipeline/steps.ts';
import { repository } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

const { context } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as { context: object };
const app = new App({ outdir: temporaryDirectory('pipeline'), context: { ...context } });
const stack = new DeliveryStack(app, 'Tocsin-delivery', {
  connectionArn: 'arn:aws:codeconnections:eu-central-1:111122223333:connection/1',
  repository: 'example/tocsin',
  branch: 'main',
  stagingOptions: '-c operators=ops@example.com',
  prodOptions: '-c domain=tocsin.example.com',
});
acknowledgeDelivery(stack);
const template = Template.fromStack(stack);

interface Stage {
  readonly Name: string;
  readonly OnFailure?: { readonly Result: string };
  readonly Actions: readonly { readonly Name: string }[];
}

const stages = (): readonly Stage[] =>
  Object.values(template.findResources('AWS::CodePipeline::Pipeline'))[0]?.Properties.Stages as Stage[];

/** The commands of the build with this step, and its environment. */
const build = (step: RegExp) => {
  const found = Object.entries(template.findResources('AWS::CodeBuild::Project')).find(([id]) => step.test(id));
  const { Source, Environment } = (found ?? expect.fail(String(step)))[1].Properties as {
    readonly Source: { readonly BuildSpec: string };
    readonly Environment: { readonly EnvironmentVariables?: readonly { Name: string; Type: string; Value: string }[] };
  };
  const { phases } = JSON.parse(Source.BuildSpec) as {
    readonly phases: { readonly build: { readonly commands: string[] } };
  };
  return { commands: phases.build.commands, variables: Environment.EnvironmentVariables ?? [] };
};

describe('the pipeline', () => {
  test('goes from a commit by checks and staging to production, which a person approves', () => {
    const names = stages().map(({ Name, Actions }) => [Name, ...Actions.map((each) => each.Name)].join(' '));
    expect(names).toEqual([
      'Source example_tocsin',
      'Build Synth',
      'UpdatePipeline SelfMutate',
      'Checks Shipped Tests',
      'Staging Deploy-staging',
      'Approval Approve',
      'Production Deploy-prod',
    ]);
  });

  test('runs the revision before again where a deployment or its smoke test fails', () => {
    const rolledBack = stages().flatMap(({ Name, OnFailure }) => (OnFailure?.Result === 'ROLLBACK' ? [Name] : []));
    expect(rolledBack).toEqual(['Staging', 'Production']);
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', { PipelineType: 'V2' });
  });

  test('tests, checks what is shipped and deploys by the steps of the list', () => {
    expect(build(/Tests/).commands).toEqual([TEST]);
    expect(build(/Shipped/).commands).toEqual([INSTALL, ...SHIPPED]);
    for (const step of [/Deploystaging/, /Deployprod/]) expect(build(step).commands).toEqual([INSTALL, ...DEPLOY]);
  });

  test('deploys production with a canary, and reads the user of the smoke test from a secret', () => {
    const variables = Object.fromEntries(build(/Deployprod/).variables.map(({ Name, Value }) => [Name, Value]));
    expect(variables).toEqual({
      STAGE: 'prod',
      OPTIONS: '-c gradual=true -c domain=tocsin.example.com',
      TOCSIN_USERNAME: `${smokeSecret('prod')}:username`,
      TOCSIN_PASSWORD: `${smokeSecret('prod')}:password`,
    });
    const secrets = build(/Deployprod/).variables.filter(({ Type }) => Type === 'SECRETS_MANAGER');
    expect(secrets.map(({ Name }) => Name)).toEqual(['TOCSIN_USERNAME', 'TOCSIN_PASSWORD']);
  });

  test('lets deployments alone assume the roles of the bootstrap and read the user of the smoke test: tests run code of others', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const policiesWith = (text: string): readonly string[] =>
      policies.flatMap(([id, { Properties }]) =>
        JSON.stringify(Properties.PolicyDocument).includes(text) ? [id] : [],
      );
    for (const text of ['cdk-hnb659fds', 'secretsmanager:GetSecretValue']) {
      expect(policiesWith(text)).toEqual([
        expect.stringMatching(/^PipelineStagingDeploystaging/),
        expect.stringMatching(/^PipelineProductionDeployprod/),
      ]);
    }
  });

  test('has no finding of cdk-nag that is not acknowledged', () => {
    checkWithNag(app);
    expect(() => app.synth({ force: true })).not.toThrow();
  });
});

describe('hosted CI', () => {
  const read = (file: string): string => readFileSync(join(repository, '.github', file), 'utf8');
  const commandsIn = (text: string): readonly string[] =>
    [...text.matchAll(/^\s*(?:- )?run: (.+)$/gm)].map(([, command = '']) => command);

  test('tests and checks what is shipped by the same steps', () => {
    expect(commandsIn(read('workflows/deliver.yml'))).toEqual([TEST, INSTALL, ...SHIPPED]);
  });

  test('deploys by the same steps', () => {
    expect(commandsIn(read('actions/deploy/action.yml'))).toEqual([INSTALL, ...DEPLOY]);
  });
});
