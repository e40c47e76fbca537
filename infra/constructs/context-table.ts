import { aws_dynamodb as dynamodb, aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDEMPOTENCY_PREFIX } from '../../shared/aws/idempotency-store.ts';
import type { IndexShape, TableShape } from '../../shared/aws/table-shape.ts';
import type { EnvName } from '../../shared/kernel/env.ts';
import type { TableAction, TableGrant } from '../../shared/kernel/grant.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import type { TocsinFunction } from './tocsin-function.ts';

const S = dynamodb.AttributeType.STRING;

export interface ContextTableProps {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
  /** The variable that holds the name of the table. */
  readonly env: EnvName;
  /** Keys and indexes, as the stores and the tests read them. */
  readonly shape: TableShape;
}

/**
 * The table of one context: on demand, with a stream, encrypted, with a logical id that no move of code changes. Only
 * functions that are granted something know its name.
 */
export class ContextTable extends Construct {
  /** The table that functions use: the one of the stack, or one that was restored in its place. */
  readonly table: dynamodb.ITable;
  readonly logicalId: string;
  readonly shape: TableShape;
  private readonly env: EnvName;
  private readonly indexes: readonly string[];

  constructor(scope: Construct, id: string, props: ContextTableProps) {
    super(scope, id);
    const { stage, shape, env } = props;
    const indexes = Object.entries(shape.indexes ?? {});
    this.env = env;
    this.shape = shape;
    this.indexes = indexes.map(([name]) => name);
    this.logicalId = `${id}Table`;
    const made = new dynamodb.Table(this, 'Table', {
      ...keysOf(shape),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      ...(shape.expiry && { timeToLiveAttribute: shape.expiry }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.pointInTimeRecovery },
      deletionProtection: stage.retainData,
      removalPolicy: removalPolicyOf(stage),
      ...(props.encryptionKey
        ? { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.encryptionKey }
        : { encryption: dynamodb.TableEncryption.AWS_MANAGED }),
    });
    for (const [indexName, index] of indexes) {
      made.addGlobalSecondaryIndex({ indexName, ...keysOf(index), ...projectionOf(index) });
    }
    (made.node.defaultChild as dynamodb.CfnTable).overrideLogicalId(this.logicalId);
    const streamArn = stage.restored[this.logicalId];
    this.table = streamArn === undefined ? made : this.standIn(made, streamArn);
  }

  /** A restored table in place of the one that was made. */
  private standIn(made: dynamodb.Table, streamArn: string): dynamodb.ITable {
    return dynamodb.Table.fromTableAttributes(this, 'Restored', {
      tableArn: streamArn.replace(/\/stream\/.*$/, ''),
      tableStreamArn: streamArn,
      globalIndexes: [...this.indexes],
      ...(made.encryptionKey && { encryptionKey: made.encryptionKey }),
    });
  }

  /** Gives a function the table's name and these actions, on all of the table or on what it is narrowed to. */
  grantTo(fn: TocsinFunction, actions: readonly TableAction[], narrowed: Narrowed = {}): void {
    fn.addEnvironment(this.env, this.table.tableName);
    const { tableArn } = this.table;
    const allowed = (of: readonly TableAction[], resources: readonly string[], conditions: Conditions): void =>
      fn.lambda.addToRolePolicy(
        new iam.PolicyStatement({
          actions: of.map((action) => `dynamodb:${action}`),
          resources: [...resources],
          ...(Object.keys(conditions).length > 0 && { conditions }),
        }),
      );
    const indexes = this.indexes.map((name) => `${tableArn}/index/${name}`);
    const conditions = conditionsOf(narrowed);
    const isQueried = actions.includes('Query') && indexes.length > 0;
    if (Object.keys(conditions).length === 0) {
      allowed(actions, isQueried ? [tableArn, ...indexes] : [tableArn], {});
    } else {
      allowed(actions, [tableArn], { ...conditions, ...presentIn(narrowed) });
      if (isQueried) allowed(['Query'], indexes, conditions);
    }
    this.table.encryptionKey?.grantEncryptDecrypt(fn.lambda);
  }

  /** Lets a function record the requests that have an `Idempotency-Key`, and change nothing else by it. */
  grantRequestKeysTo(fn: TocsinFunction): void {
    this.grantTo(fn, ['UpdateItem'], { leadingKeys: [`${IDEMPOTENCY_PREFIX}*`] });
  }
}

const keysOf = ({ hash, range }: Pick<IndexShape, 'hash' | 'range'>) => ({
  partitionKey: { name: hash, type: S },
  ...(range && { sortKey: { name: range, type: S } }),
});

const projectionOf = ({ projects }: IndexShape) => {
  if (projects === undefined) return { projectionType: dynamodb.ProjectionType.KEYS_ONLY };
  if (projects === 'all') return { projectionType: dynamodb.ProjectionType.ALL };
  return { projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: [...projects] };
};

type Narrowed = Pick<TableGrant, 'leadingKeys' | 'attributes'>;

type Conditions = Readonly<Record<string, unknown>>;

const conditionsOf = ({ leadingKeys, attributes }: Narrowed): Conditions => {
  const isPattern = leadingKeys?.some((key) => key.includes('*'));
  const keys = leadingKeys && { 'dynamodb:LeadingKeys': leadingKeys };
  const equal = { ...(!isPattern && keys), ...(attributes && { 'dynamodb:Attributes': attributes }) };
  return {
    ...(isPattern && { 'ForAllValues:StringLike': keys }),
    ...(Object.keys(equal).length > 0 && { 'ForAllValues:StringEquals': equal }),
    ...(attributes && { StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' } }),
  };
};

/**
 * `ForAllValues` holds for a key that a request does not have, so the keys must be there. Every request to a table has its
 * partition keys, and one that names attributes has those. For an index AWS documents neither.
 */
const presentIn = ({ leadingKeys, attributes }: Narrowed): Conditions => ({
  Null: {
    ...(leadingKeys && { 'dynamodb:LeadingKeys': 'false' }),
    ...(attributes && { 'dynamodb:Attributes': 'false' }),
  },
});
