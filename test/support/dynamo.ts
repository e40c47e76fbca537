import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  ScanCommand,
  type AttributeDefinition,
  type ConsumedCapacity,
  type CreateTableCommandInput,
  type KeySchemaElement,
  type Projection,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { startEngine } from '../../local/emulator/services/dynamodb/engine.ts';
import type { IndexShape, TableShape } from '../../shared/aws/table-shape.ts';

/** What DynamoDB did for a piece of work. Units are counted by DynamoDB itself, in `ReturnConsumedCapacity`. */
export interface Cost {
  readonly roundTrips: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

export interface TestDynamo {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Makes a table under a name that no other test uses, and answers the name. */
  table(shape: TableShape, prefix?: string): Promise<string>;
  /** What the calls of `client` cost while the work runs, nothing else running beside it. */
  cost<T>(work: () => Promise<T>): Promise<Cost & { readonly result: T }>;
  /** Every call of `client` fails with this error until it is taken away; undefined lets calls pass again. */
  failWith(error: Error | undefined): void;
  stop(): Promise<void>;
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);
export const testCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A DynamoDB engine in memory on a port of its own: one for a test file, started in `beforeAll`, stopped in `afterAll`. */
export const startDynamo = async (): Promise<TestDynamo> => {
  const engine = await startEngine({ directory: undefined, log: () => undefined });
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: testCredentials,
  });
  let spent = { roundTrips: 0, writeUnits: 0, readUnits: 0 };
  let failure: Error | undefined;
  let tables = 0;

  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (failure) throw failure;
      const command = String(context.commandName ?? '').replace(/Command$/, '');
      if (command === 'CreateTable') return next(args);
      const result = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' },
      } as typeof args).catch((error: unknown) => {
        // DynamoDB charges a write whose condition does not hold, and tells no capacity with it.
        if (error instanceof ConditionalCheckFailedException) {
          spent = { ...spent, roundTrips: spent.roundTrips + 1, writeUnits: spent.writeUnits + 1 };
        }
        throw error;
      });
      const units = unitsOf(
        (result.output as { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] }).ConsumedCapacity,
      );
      spent = {
        roundTrips: spent.roundTrips + 1,
        writeUnits: spent.writeUnits + (WRITES.has(command) ? units : 0),
        readUnits: spent.readUnits + (WRITES.has(command) ? 0 : units),
      };
      return result;
    },
    { step: 'initialize', name: 'cost' },
  );

  return {
    endpoint: engine.endpoint,
    client,
    table: async (shape, prefix = 'test') => {
      const name = `${prefix}-${process.pid}-${++tables}`;
      await client.send(
        new CreateTableCommand({ TableName: name, BillingMode: 'PAY_PER_REQUEST', ...definitionOf(shape) }),
      );
      return name;
    },
    cost: async (work) => {
      spent = { roundTrips: 0, writeUnits: 0, readUnits: 0 };
      const result = await work();
      return { ...spent, result };
    },
    failWith: (error) => {
      failure = error;
    },
    stop: async () => {
      client.destroy();
      await engine.stop();
    },
  };
};

const unitsOf = (consumed: ConsumedCapacity | ConsumedCapacity[] | undefined): number =>
  [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);

const schemaOf = ({ hash, range }: Pick<IndexShape, 'hash' | 'range'>): KeySchemaElement[] => [
  { AttributeName: hash, KeyType: 'HASH' },
  ...(range ? [{ AttributeName: range, KeyType: 'RANGE' } as const] : []),
];

const projectionOf = ({ projects }: IndexShape): Projection => {
  if (projects === undefined) return { ProjectionType: 'KEYS_ONLY' };
  if (projects === 'all') return { ProjectionType: 'ALL' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projects] };
};

const definitionOf = (shape: TableShape): Omit<CreateTableCommandInput, 'TableName'> => {
  const indexes = Object.entries(shape.indexes ?? {});
  const keys = new Set(
    [shape, ...indexes.map(([, index]) => index)].flatMap(({ hash, range }) => [hash, range ?? hash]),
  );
  return {
    KeySchema: schemaOf(shape),
    AttributeDefinitions: [...keys].map((AttributeName): AttributeDefinition => ({
      AttributeName,
      AttributeType: 'S',
    })),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map(([IndexName, index]) => ({
        IndexName,
        KeySchema: schemaOf(index),
        Projection: projectionOf(index),
      })),
    }),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
};

/** Every item of a table, for a look behind the scenes. */
export const everything = async (client: DynamoDBClient, TableName: string): Promise<Record<string, unknown>[]> => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return Items.map((item) => unmarshall(item));
};
