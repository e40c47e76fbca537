import {
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  Duration,
  RemovalPolicy,
  Stack,
  type aws_kms as kms,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EnvName } from '../../shared/kernel/env.ts';
import type { Bundles } from '../bundle.ts';
import { metricsNamespace, type StageConfig } from '../config.ts';
import { GradualAlias } from './gradual-alias.ts';

export interface TocsinFunctionProps {
  readonly stage: StageConfig;
  readonly bundles: Bundles;
  /** Name of the bundle: `alerts`, `alerts-keep`. */
  readonly name: string;
  readonly description: string;
  readonly memoryMb?: number;
  readonly timeoutSeconds?: number;
  /** It hands a waiting message on to itself: Lambda must not take that for a runaway loop, and stop it after sixteen rounds. */
  readonly handsOn?: true;
  /** It connects to targets that people name, and so runs in the network of the stage where there is one. */
  readonly reachesTargets?: true;
  /** Executions that are reserved for it, and that it never exceeds, where the account has a thousand or more. */
  readonly reserved?: number;
  /** Somebody waits for it: with `-c gradual=true`, its new code is tried first. */
  readonly isAwaited?: true;
  /** The key of the stage, which the function may use by the services that hold its data, and not itself. */
  readonly encryptionKey?: kms.IKey | undefined;
}

/** The services that encrypt data of functions with the key of the stage. */
const KEY_IS_USED_BY = ['dynamodb', 'secretsmanager', 'sns', 'sqs', 'ssm'] as const;

/** Reserving takes from what all others share, of which AWS keeps a hundred; a smaller account has too little to divide. */
const ENOUGH_TO_RESERVE = 1_000;

/**
 * One Lambda function: Node 24 on arm64, its own log group with the stage's retention, JSON logs without the
 * platform's lines about runs that went well, and a role that may do nothing until it is granted something.
 */
export class TocsinFunction extends Construct {
  readonly lambda: lambda.Function;
  /** What callers, readers and schedules invoke: the function, or the alias of it that is moved to new code. */
  readonly invoked: lambda.IFunction;
  readonly name: string;
  readonly stage: StageConfig;
  readonly memoryMb: number;
  private scheduled = false;
  private worker = false;
  private traced = true;

  constructor(scope: Construct, id: string, props: TocsinFunctionProps) {
    super(scope, id);
    this.name = props.name;
    this.stage = props.stage;
    this.memoryMb = props.memoryMb ?? 512;
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.stage.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.lambda = new lambda.Function(this, 'Function', {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(props.bundles.directory(props.name)),
      handler: 'index.handler',
      memorySize: this.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds ?? 29),
      tracing: lambda.Tracing.ACTIVE,
      ...(props.reachesTargets && networkOf(this, props.stage)),
      ...(props.reserved !== undefined &&
        (props.stage.accountConcurrency ?? 0) >= ENOUGH_TO_RESERVE && { reservedConcurrentExecutions: props.reserved }),
      // An alias can be moved back to them by hand.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(props.handsOn && { recursiveLoop: lambda.RecursiveLoop.ALLOW }),
      loggingFormat: lambda.LoggingFormat.JSON,
      systemLogLevelV2: lambda.SystemLogLevel.WARN,
      logGroup,
      environment: {
        STAGE: props.stage.name,
        POWERTOOLS_SERVICE_NAME: props.name,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(props.stage),
        // Clients of the SDK read it.
        ...(props.stage.fips && { AWS_USE_FIPS_ENDPOINT: 'true' }),
      },
    });
    if (props.encryptionKey) this.useKeyByServicesOnly(props.encryptionKey);
    const isGradual = props.isAwaited && props.stage.gradual;
    this.invoked = isGradual
      ? new GradualAlias(this, 'Gradual', { fn: this.lambda, name: props.name }).alias
      : this.lambda;
  }

  private useKeyByServicesOnly(key: kms.IKey): void {
    const { region, urlSuffix } = Stack.of(this);
    this.lambda.addToRolePolicy(
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        actions: ['kms:*'],
        resources: [key.keyArn],
        conditions: {
          StringNotEquals: { 'kms:ViaService': KEY_IS_USED_BY.map((service) => `${service}.${region}.${urlSuffix}`) },
        },
      }),
    );
  }

  /** It runs by the clock: nobody waits for its answer, and nothing piles up before it. */
  get isScheduled(): boolean {
    return this.scheduled;
  }

  /** Other functions hand work to it. */
  get isWorker(): boolean {
    return this.worker;
  }

  /** X-Ray records its runs. */
  get isTraced(): boolean {
    return this.traced;
  }

  runsByTheClock(): void {
    this.scheduled = true;
    this.leaveUntraced();
  }

  takesWork(): void {
    this.worker = true;
    this.leaveUntraced();
  }

  /** Gives another function its ARN, and the permission to hand work to it. */
  grantHandOnTo(fn: TocsinFunction, env: EnvName): void {
    fn.addEnvironment(env, this.invoked.functionArn);
    fn.lambda.addToRolePolicy(this.invoking);
  }

  /** Allows the function to hand work on to another run of itself. Its role must exist before it, so the policy is one of its own. */
  grantHandOnToItself(): void {
    const role = this.lambda.role as iam.IRole;
    new iam.Policy(this, 'HandOn', { roles: [role], statements: [this.invoking] });
  }

  private get invoking(): iam.PolicyStatement {
    return new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.invoked.functionArn] });
  }

  /** Nobody waits for its answer, or it is called too often: X-Ray samples the first run of each second, and charges for each. */
  leaveUntraced(): void {
    this.traced = false;
    (this.lambda.node.defaultChild as lambda.CfnFunction).tracingConfig = { mode: lambda.Tracing.PASS_THROUGH };
  }

  addEnvironment(name: EnvName, value: string): void {
    this.lambda.addEnvironment(name, value);
  }
}

const networkOf = (scope: Construct, { network }: StageConfig): Pick<lambda.FunctionOptions, 'vpc' | 'vpcSubnets'> => {
  if (!network) return {};
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Network', {
    vpcId: network.vpcId,
    // Lambda asks for subnets only; the construct wants a zone for each.
    availabilityZones: network.subnetIds.map((_, i) => `zone-${i}`),
    privateSubnetIds: [...network.subnetIds],
  });
  return { vpc, vpcSubnets: { subnets: vpc.privateSubnets } };
};
