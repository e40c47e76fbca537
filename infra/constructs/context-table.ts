import { aws_dynamodb as dynamodb, aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EnvName } from '../../shared/kernel/env.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import type { TocsinFunction } from './tocsin-function.ts';

const S = dynamodb.AttributeType.STRING;

export interface ContextTableProps {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
  /** The variable that tells a function the name of this table. */
  readonly env: EnvName;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly indexes?: readonly {
    readonly name: string;
    readonly partitionKey: string;
    readonly sortKey: string;
    /** Attributes projected besides the keys; `all` projects everything. */
    readonly projected: readonly string[] | 'all';
  }[];
}

/** Attributes are strings unless said otherwise; `ttl` is the epoch second past which an item may go. */
const TTL_ATTRIBUTE = 'ttl';

/**
 * The table of one context: on demand, with a stream, encrypted, with a logical id that no move of code changes. Only
 * functions that are granted something know its name.
 */
export class ContextTable extends Construct {
  readonly table: dynamodb.Table;
  private readonly env: EnvName;
  private readonly indexes: readonly string[];

  constructor(scope: Construct, id: string, props: ContextTableProps) {
    super(scope, id);
    const { stage } = props;
    this.env = props.env;
    this.indexes = (props.indexes ?? []).map(({ name }) => name);
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: props.partitionKey, type: S },
      sortKey: { name: props.sortKey, type: S },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.pointInTimeRecovery },
      deletionProtection: stage.retainData,
      removalPolicy: removalPolicyOf(stage),
      ...(props.encryptionKey
        ? { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.encryptionKey }
        : { encryption: dynamodb.TableEncryption.AWS_MANAGED }),
    });
    for (const index of props.indexes ?? []) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: { name: index.partitionKey, type: S },
        sortKey: { name: index.sortKey, type: S },
        ...(index.projected === 'all'
          ? { projectionType: dynamodb.ProjectionType.ALL }
          : index.projected.length === 0
            ? { projectionType: dynamodb.ProjectionType.KEYS_ONLY }
            : { projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: [...index.projected] }),
      });
    }
    (this.table.node.defaultChild as dynamodb.CfnTable).overrideLogicalId(`${id}Table`);
  }

  /**
   * Tells a function the table's name and allows it these actions, and no others. `conditions` narrows them, for example
   * to partition keys with a prefix (`dynamodb:LeadingKeys`).
   */
  grantTo(fn: TocsinFunction, actions: readonly DynamoAction[], conditions?: Record<string, unknown>): void {
    fn.addEnvironment(this.env, this.table.tableName);
    const { tableArn } = this.table;
    const indexes = actions.includes('Query') ? this.indexes.map((name) => `${tableArn}/index/${name}`) : [];
    fn.lambda.addToRolePolicy(
      new iam.PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [tableArn, ...indexes],
        ...(conditions && { conditions }),
      }),
    );
    this.table.encryptionKey?.grantEncryptDecrypt(fn.lambda);
  }
}

export type DynamoAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
  | 'DescribeTable';
