import { isDeepStrictEqual } from 'node:util';
import type { Assembly, LocalLog, Resource } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import type { DynamoWire } from './wire.ts';

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyElement[];
  readonly Projection?: { readonly ProjectionType?: string; readonly NonKeyAttributes?: readonly string[] };
}

export interface LocalTable {
  readonly name: string;
  readonly arn: string;
  /** The engine's own stream; undefined when the table has none. */
  readonly engineStreamArn: string | undefined;
  /** Attribute that holds the second of expiry, if items expire. */
  readonly expiryAttribute: string | undefined;
  readonly keyNames: readonly string[];
  /** Made by this call, so its stream holds nothing older than this run. */
  readonly isNew: boolean;
}

/**
 * Brings the engine to what the template declares: keys, indexes and stream of every table, and keeps the data.
 * Throws when a table's key has changed, since that is another table, as it is in CloudFormation.
 */
export async function createTables(
  assembly: Pick<Assembly, 'byType'>,
  wire: DynamoWire,
  log: LocalLog,
): Promise<readonly LocalTable[]> {
  const declared = [...assembly.byType('AWS::DynamoDB::Table'), ...assembly.byType('AWS::DynamoDB::GlobalTable')];
  const tables: LocalTable[] = [];
  for (const resource of declared) tables.push(await createTable(resource, wire, log));
  return tables;
}

async function createTable(resource: Resource, wire: DynamoWire, log: LocalLog): Promise<LocalTable> {
  const name = resource.physicalId;
  const { KeySchema, AttributeDefinitions, TimeToLiveSpecification } = resource.properties;
  const indexes = ((resource.properties['GlobalSecondaryIndexes'] ?? []) as Index[]).map(indexOf);
  const localIndexes = ((resource.properties['LocalSecondaryIndexes'] ?? []) as Index[]).map(indexOf);
  const view: string | undefined = resource.properties['StreamSpecification']?.StreamViewType;
  const existing = await describe(name, wire);

  if (!existing) {
    await wire.call('CreateTable', {
      TableName: name,
      KeySchema,
      AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
      ...(localIndexes.length > 0 && { LocalSecondaryIndexes: localIndexes }),
      ...(view && { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
    });
  } else {
    if (!isDeepStrictEqual(plain(existing.KeySchema), plain(KeySchema))) {
      throw new Error(
        `The key of table ${name} is no longer what the data directory holds. ` +
          'A table cannot change its key: remove the data directory, or give the table a new name.',
      );
    }
    await alignIndexes(name, existing.GlobalSecondaryIndexes ?? [], indexes, AttributeDefinitions, wire, log);
    await alignStream(name, existing.StreamSpecification, view, wire);
  }

  const table = await describe(name, wire);
  return {
    name,
    arn: resource.arn,
    engineStreamArn: view ? table?.LatestStreamArn : undefined,
    expiryAttribute:
      TimeToLiveSpecification?.AttributeName && String(TimeToLiveSpecification.Enabled) !== 'false'
        ? TimeToLiveSpecification.AttributeName
        : undefined,
    keyNames: (KeySchema as KeyElement[]).map((element) => element.AttributeName),
    isNew: !existing,
  };
}

interface Description {
  readonly KeySchema: readonly KeyElement[];
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly StreamSpecification?: { readonly StreamEnabled?: boolean; readonly StreamViewType?: string };
  readonly LatestStreamArn?: string;
}

async function describe(name: string, wire: DynamoWire): Promise<Description | undefined> {
  try {
    return (await wire.call('DescribeTable', { TableName: name })).Table;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

// An index whose key or projection differs is made again: its data is derived from the table's.
async function alignIndexes(
  table: string,
  existing: readonly Index[],
  wanted: readonly Index[],
  attributes: unknown,
  wire: DynamoWire,
  log: LocalLog,
): Promise<void> {
  const same = (left: Index, right: Index) => isDeepStrictEqual(indexOf(left), indexOf(right));
  const update = async (change: object) => {
    await wire.call('UpdateTable', {
      TableName: table,
      AttributeDefinitions: attributes,
      GlobalSecondaryIndexUpdates: [change],
    });
  };
  for (const index of existing) {
    if (wanted.some((each) => same(each, index))) continue;
    log('dynamodb', `Index ${index.IndexName} of ${table} is dropped or has changed`);
    await wire.call('UpdateTable', {
      TableName: table,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index.IndexName } }],
    });
  }
  for (const index of wanted) {
    if (existing.some((each) => same(each, index))) continue;
    log('dynamodb', `Index ${index.IndexName} is added to ${table}`);
    await update({ Create: index });
  }
}

async function alignStream(
  table: string,
  existing: Description['StreamSpecification'],
  view: string | undefined,
  wire: DynamoWire,
): Promise<void> {
  const current = existing?.StreamEnabled ? existing.StreamViewType : undefined;
  if (current === view) return;
  const update = (specification: object) =>
    wire.call('UpdateTable', { TableName: table, StreamSpecification: specification });
  if (current) await update({ StreamEnabled: false });
  if (view) await update({ StreamEnabled: true, StreamViewType: view });
}

// Only what both the template and the engine say of an index, in one order, so that the two can be compared.
function indexOf(index: Index): Index {
  const { ProjectionType = 'ALL', NonKeyAttributes } = index.Projection ?? {};
  return plain({
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: { ProjectionType, ...(NonKeyAttributes && { NonKeyAttributes: [...NonKeyAttributes].sort() }) },
  });
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
