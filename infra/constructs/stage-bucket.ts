import { Aws, Duration, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EnvName } from '../../shared/kernel/env.ts';
import type { ObjectAction } from '../../shared/kernel/grant.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import type { TocsinFunction } from './tocsin-function.ts';

export interface StageBucketProps {
  readonly stage: StageConfig;
  /** What no move of code changes. */
  readonly logicalId: `${string}Bucket`;
  /** The part of the name that says what the bucket is for. */
  readonly purpose: string;
  /** The variable that holds the name of the bucket. */
  readonly env: EnvName;
  /** How the keys of all its objects begin. */
  readonly prefix: string;
  /** Objects can be neither changed nor deleted for so many days, by nobody (S3 Object Lock in compliance mode). */
  readonly lockedDays?: number;
  /** What others than functions may do with it. */
  readonly policy?: readonly iam.PolicyStatement[];
}

/** A name of its own, so that policies in other stacks name it without a reference. Names of buckets are unique in the whole of AWS. */
export const stageBucketName = ({ name }: StageConfig, purpose: string): string =>
  `tocsin-${name}-${purpose}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;

/** The objects of such a bucket, as policies name them. */
export const objectsOf = (stage: StageConfig, purpose: string, prefix: string): string =>
  `arn:${Aws.PARTITION}:s3:::${stageBucketName(stage, purpose)}/${prefix}*`;

/**
 * A private bucket of a stage: a new one, or the one that the stage left behind when it was destroyed. It is encrypted by the key of S3, so
 * that it can be read while the key of the stage cannot be used.
 */
export class StageBucket extends Construct {
  readonly bucket: s3.IBucket;
  private readonly props: StageBucketProps;

  constructor(scope: Construct, id: string, props: StageBucketProps) {
    super(scope, id);
    this.props = props;
    const { stage, logicalId, purpose, lockedDays, policy = [] } = props;
    const kept = stage.restored[logicalId];
    if (kept === undefined) {
      const made = new s3.Bucket(this, 'Bucket', {
        bucketName: stageBucketName(stage, purpose),
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        encryption: s3.BucketEncryption.S3_MANAGED,
        enforceSSL: true,
        removalPolicy: removalPolicyOf(stage),
        ...(lockedDays !== undefined && {
          objectLockDefaultRetention: s3.ObjectLockRetention.compliance(Duration.days(lockedDays)),
        }),
      });
      (made.node.defaultChild as s3.CfnBucket).overrideLogicalId(logicalId);
      for (const statement of policy) made.addToResourcePolicy(statement);
      this.bucket = made;
    } else {
      // A bucket that was left behind has lost its policy with its stack.
      this.bucket = s3.Bucket.fromBucketArn(this, 'Bucket', kept);
      new s3.BucketPolicy(this, 'Policy', {
        bucket: this.bucket,
        document: new iam.PolicyDocument({ statements: [...policy, tlsOnly(this.bucket)] }),
      });
    }
  }

  /** Allows a function these actions on every object. */
  grantTo(fn: TocsinFunction, actions: readonly ObjectAction[]): void {
    const { stage, purpose, prefix, env } = this.props;
    fn.addEnvironment(env, stageBucketName(stage, purpose));
    const allow = (allowed: readonly string[], resource: string): void =>
      fn.lambda.addToRolePolicy(
        new iam.PolicyStatement({ actions: allowed.map((action) => `s3:${action}`), resources: [resource] }),
      );
    allow(actions, objectsOf(stage, purpose, prefix));
    // With it S3 answers 404 for an object that does not exist, and without it 403.
    allow(['ListBucket'], `arn:${Aws.PARTITION}:s3:::${stageBucketName(stage, purpose)}`);
  }
}

const tlsOnly = ({ bucketArn }: s3.IBucket): iam.PolicyStatement =>
  new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    actions: ['s3:*'],
    resources: [bucketArn, `${bucketArn}/*`],
    principals: [new iam.AnyPrincipal()],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });
