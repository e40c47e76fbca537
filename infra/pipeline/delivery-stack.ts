import {
  ArnFormat,
  aws_codebuild as codebuild,
  aws_codepipeline as codepipeline,
  aws_iam as iam,
  pipelines,
  Stack,
  type App,
  type StackProps,
} from 'aws-cdk-lib';
import { DEPLOY, INSTALL, SHIPPED, TEST } from './steps.ts';

export interface Delivery {
  /** Of a connection of CodeConnections to where the code is. */
  readonly connectionArn: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  /** Further context of each deployment: `-c operators=ops@example.com`. */
  readonly stagingOptions: string;
  readonly prodOptions: string;
}

/** The secret with `username` and `password` of the user who runs the smoke test of a stage. */
export const smokeSecret = (stage: string): string => `tocsin-smoke-${stage}`;

/** Stages of the pipeline that are run again with the revision before, where one of their steps fails. */
const ROLLED_BACK = ['Staging', 'Production'];

/**
 * From a commit to production: the steps that hosted CI runs, in CodeBuild. Deployments run the CDK CLI, as people do by hand: in a stage of
 * CDK Pipelines the stacks would have other paths, and some of their resources other logical ids.
 * See docs/adr/0113-one-list-of-delivery-steps.md.
 */
export class DeliveryStack extends Stack {
  constructor(app: App, id: string, delivery: Delivery, props: StackProps = {}) {
    super(app, id, { description: 'Tocsin: delivery', ...props });
    const { connectionArn, repository, branch, stagingOptions, prodOptions } = delivery;
    const source = pipelines.CodePipelineSource.connection(repository, branch, { connectionArn });
    const pipeline = new pipelines.CodePipeline(this, 'Pipeline', {
      pipelineName: 'tocsin',
      pipelineType: codepipeline.PipelineType.V2,
      crossAccountKeys: false,
      synth: new pipelines.ShellStep('Synth', {
        input: source,
        commands: [INSTALL, `npx cdk synth --quiet --app "node infra/pipeline/app.ts" ${contextOf(delivery)}`],
      }),
      codeBuildDefaults: {
        buildEnvironment: {
          buildImage: codebuild.LinuxBuildImage.STANDARD_7_0,
          computeType: codebuild.ComputeType.MEDIUM,
        },
      },
    });
    pipeline.addWave('Checks', {
      pre: [
        new pipelines.CodeBuildStep('Tests', { input: source, commands: [TEST] }),
        new pipelines.CodeBuildStep('Shipped', {
          input: source,
          commands: [INSTALL, ...SHIPPED],
          primaryOutputDirectory: 'source-maps',
        }),
      ],
    });
    pipeline.addWave('Staging', { pre: [this.deployment(source, 'staging', stagingOptions)] });
    // A stage of its own: production is taken back without asking anybody, and a refusal takes nothing back.
    const comment = 'Staging is deployed, and an alert went through it.';
    pipeline.addWave('Approval', { pre: [new pipelines.ManualApprovalStep('Approve', { comment })] });
    pipeline.addWave('Production', { pre: [this.deployment(source, 'prod', `-c gradual=true ${prodOptions}`.trim())] });
    pipeline.buildPipeline();
    this.rollBack(pipeline);
  }

  private deployment(input: pipelines.IFileSetProducer, stage: string, options: string): pipelines.CodeBuildStep {
    const fromSecret = (key: string) => ({
      type: codebuild.BuildEnvironmentVariableType.SECRETS_MANAGER,
      value: `${smokeSecret(stage)}:${key}`,
    });
    return new pipelines.CodeBuildStep(`Deploy-${stage}`, {
      input,
      commands: [INSTALL, ...DEPLOY],
      buildEnvironment: {
        environmentVariables: {
          STAGE: { value: stage },
          OPTIONS: { value: options },
          TOCSIN_USERNAME: fromSecret('username'),
          TOCSIN_PASSWORD: fromSecret('password'),
        },
      },
      rolePolicyStatements: [
        // Those of the bootstrap, which may deploy.
        new iam.PolicyStatement({
          actions: ['sts:AssumeRole'],
          resources: [
            this.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: 'cdk-hnb659fds-*' }),
          ],
        }),
        // The smoke test sets off an alarm of the stage.
        new iam.PolicyStatement({
          actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory', 'cloudwatch:SetAlarmState'],
          resources: [
            this.formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: `Tocsin-${stage}-*`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ],
        }),
      ],
    });
  }

  private rollBack({ pipeline }: pipelines.CodePipeline): void {
    const made = pipeline.node.defaultChild as codepipeline.CfnPipeline;
    for (const [i, { stageName }] of pipeline.stages.entries()) {
      if (ROLLED_BACK.includes(stageName)) made.addPropertyOverride(`Stages.${i}.OnFailure.Result`, 'ROLLBACK');
    }
  }
}

/** What the pipeline gives itself again when it is synthesised in its own first step. */
const contextOf = (delivery: Delivery): string =>
  Object.entries(delivery)
    .map(([name, value]) => `-c "${name}=${value}"`)
    .join(' ');
