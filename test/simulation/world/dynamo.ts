import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { IndexShape, TableShape } from '../../../shared/aws/table-shape.ts';
import { compare, condition, updated, ValidationError, type Placeholders, type WireItem } from './expression.ts';

/** A write as the table's stream carries it. */
export interface StreamRecord {
  readonly table: string;
  readonly key: string;
  readonly sequence: number;
  readonly before: WireItem | undefined;
  readonly after: WireItem | undefined;
}

export interface DynamoOptions {
  /** Called for each write that changes something, in order. */
  readonly onWrite?: (record: StreamRecord) => void;
  /**
   * Indexes lag behind their table: `apply` is to be called later, in the order of the calls. At once where nothing is said.
   */
  readonly propagate?: (apply: () => void) => void;
}

type Items = Map<string, Map<string, WireItem>>;

interface Stored {
  readonly shape: TableShape;
  readonly items: Items;
  readonly indexes: Map<string, IndexShape & { readonly items: Items }>;
}

/** The parts of a request that the engine reads; each operation has those of its own. */
interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: WireItem;
  readonly Item?: WireItem;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: WireItem;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: WireItem;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly WireItem[] }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
  readonly ClientRequestToken?: string;
}

/** An item as an index has it: its keys and what is projected. */
const projected = (table: TableShape, { hash, range, projects = [] }: IndexShape, item: WireItem): WireItem => {
  if (projects === 'all') return item;
  const names = new Set([table.hash, table.range, hash, range, ...projects]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
};

const SEPARATOR = '\u0000';
const given = (input: Input): Placeholders => ({
  names: input.ExpressionAttributeNames ?? {},
  values: input.ExpressionAttributeValues ?? {},
});

/**
 * DynamoDB in memory, for the simulated world: the operations that `shared/aws/dynamo.ts` uses, with conditions,
 * transactions, sparse indexes and streams. `execute` is one request, carried out at once and whole; it throws the SDK's
 * errors. A test holds it against the embedded engine.
 */
export const memoryDynamo = ({ onWrite = () => undefined, propagate = (apply) => apply() }: DynamoOptions = {}) => {
  const tables = new Map<string, Stored>();
  const tokens = new Set<string>();
  let sequence = 0;

  const createTable = (name: string, shape: TableShape): void => {
    const indexes = Object.entries(shape.indexes ?? {}).map(
      ([name, index]) => [name, { ...index, items: new Map() as Items }] as const,
    );
    tables.set(name, { shape, items: new Map(), indexes: new Map(indexes) });
  };

  const tableOf = (input: Input): Stored => {
    const found = tables.get(input.TableName ?? '');
    if (!found) throw new Error(`There is no table ${input.TableName}`);
    return found;
  };

  const hashOf = ({ shape }: Stored, item: WireItem): string => item[shape.hash]?.S ?? '';
  const rangeOf = ({ shape }: Stored, item: WireItem): string => (shape.range && item[shape.range]?.S) || '';
  const keyOf = (table: Stored, item: WireItem): string => hashOf(table, item) + SEPARATOR + rangeOf(table, item);
  const itemAt = (table: Stored, key: WireItem): WireItem | undefined =>
    table.items.get(hashOf(table, key))?.get(rangeOf(table, key));

  const place = (items: Items, hash: string | undefined, range: string, item: WireItem | undefined): void => {
    if (hash === undefined) return;
    let partition = items.get(hash);
    if (!partition) items.set(hash, (partition = new Map()));
    if (item) partition.set(range, item);
    else partition.delete(range);
  };

  const store = (name: string, key: WireItem, after: WireItem | undefined): void => {
    const table = tableOf({ TableName: name });
    const before = itemAt(table, key);
    if (before === undefined && after === undefined) return;
    place(table.items, hashOf(table, key), rangeOf(table, key), after);
    const primary = keyOf(table, key);
    for (const index of table.indexes.values()) {
      const was = before?.[index.hash]?.S;
      const is = after?.[index.hash]?.S;
      if (was === undefined && is === undefined) continue;
      propagate(() => {
        place(index.items, was, primary, undefined);
        if (after && (index.range === undefined || after[index.range])) {
          place(index.items, is, primary, projected(table.shape, index, after));
        }
      });
    }
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    onWrite({ table: name, key: primary, sequence: ++sequence, before, after });
  };

  const holds = (input: Input, item: WireItem | undefined): boolean =>
    input.ConditionExpression === undefined || condition(input.ConditionExpression)(item ?? {}, given(input));

  /** The item after a write, before anything is stored. */
  const planned = (kind: string, input: Input, before: WireItem | undefined): WireItem | undefined => {
    switch (kind) {
      case 'Put':
        return input.Item;
      case 'Update':
        return updated(before ?? input.Key ?? {}, input.UpdateExpression ?? '', given(input));
      case 'Delete':
        return undefined;
      default:
        return before;
    }
  };

  const writeOne = (kind: string, input: Input): object => {
    const key = input.Key ?? input.Item ?? {};
    const before = itemAt(tableOf(input), key);
    if (!holds(input, before)) {
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: { httpStatusCode: 400 },
        ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before && { Item: { ...before } }),
      });
    }
    const after = planned(kind, input, before);
    store(input.TableName ?? '', key, after);
    const Attributes = { ALL_NEW: after, ALL_OLD: before }[input.ReturnValues ?? ''];
    return Attributes ? { Attributes } : {};
  };

  const transact = (input: Input): object => {
    if (input.ClientRequestToken && tokens.has(input.ClientRequestToken)) return {};
    const writes = (input.TransactItems ?? []).flatMap((item) =>
      Object.entries(item).map(([kind, write]) => {
        const key = write.Key ?? write.Item ?? {};
        return { kind, write, key, before: itemAt(tableOf(write), key) };
      }),
    );
    const targets = writes.map(({ write, key }) => `${write.TableName}${SEPARATOR}${keyOf(tableOf(write), key)}`);
    if (new Set(targets).size < targets.length) {
      throw new ValidationError('Transaction request cannot include multiple operations on one item');
    }
    const failed = writes.map(({ write, before }) => !holds(write, before));
    if (failed.includes(true)) {
      throw new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: { httpStatusCode: 400 },
        CancellationReasons: failed.map((each) => ({ Code: each ? 'ConditionalCheckFailed' : 'None' })),
      });
    }
    for (const { kind, write, key, before } of writes) {
      if (kind !== 'ConditionCheck') store(write.TableName ?? '', key, planned(kind, write, before));
    }
    if (input.ClientRequestToken) tokens.add(input.ClientRequestToken);
    return {};
  };

  const query = (input: Input): object => {
    const table = tableOf(input);
    const index = input.IndexName === undefined ? undefined : table.indexes.get(input.IndexName);
    if (input.IndexName !== undefined && !index) throw new ValidationError(`There is no index ${input.IndexName}`);
    const hash = index ? index.hash : table.shape.hash;
    const range = (index ? index.range : table.shape.range) ?? hash;
    const matches = condition(input.KeyConditionExpression ?? '');
    const partition = Object.values(input.ExpressionAttributeValues ?? {}).flatMap(({ S }) =>
      S === undefined ? [] : [...((index ?? table).items.get(S)?.values() ?? [])],
    );
    const forwards = input.ScanIndexForward ?? true;
    const order = (a: WireItem, b: WireItem): number =>
      (compare(a[range], b[range]) || Math.sign(keyOf(table, a) < keyOf(table, b) ? -1 : 1)) * (forwards ? 1 : -1);
    const sorted = [...new Set(partition)].filter((item) => matches(item, given(input))).sort(order);
    const start = input.ExclusiveStartKey;
    const rest = start
      ? sorted.filter((item) => keyOf(table, item) !== keyOf(table, start) && order(item, start) > 0)
      : sorted;
    const page = rest.slice(0, input.Limit ?? rest.length);
    const filter = input.FilterExpression === undefined ? undefined : condition(input.FilterExpression);
    const last = page.length === input.Limit ? page.at(-1) : undefined;
    const keys = [table.shape.hash, table.shape.range ?? '', hash, range];
    return {
      Items: page.filter((item) => filter?.(item, given(input)) ?? true),
      ...(last && {
        LastEvaluatedKey: Object.fromEntries(Object.entries(last).filter(([name]) => keys.includes(name))),
      }),
    };
  };

  const batchGet = (input: Input): object => ({
    Responses: Object.fromEntries(
      Object.entries(input.RequestItems ?? {}).map(([name, { Keys }]) => [
        name,
        Keys.map((key) => itemAt(tableOf({ TableName: name }), key)).filter((item) => item !== undefined),
      ]),
    ),
  });

  const execute = (operation: string, input: Input): object => {
    switch (operation) {
      case 'GetItem': {
        const Item = itemAt(tableOf(input), input.Key ?? {});
        return Item ? { Item } : {};
      }
      case 'PutItem':
        return writeOne('Put', input);
      case 'UpdateItem':
        return writeOne('Update', input);
      case 'DeleteItem':
        return writeOne('Delete', input);
      case 'TransactWriteItems':
        return transact(input);
      case 'Query':
        return query(input);
      case 'BatchGetItem':
        return batchGet(input);
      default:
        throw new Error(`The simulated DynamoDB knows no ${operation}`);
    }
  };

  /** Every item of a table, for those who check the world from outside. */
  const scan = (name: string): readonly WireItem[] =>
    [...tableOf({ TableName: name }).items.values()].flatMap((partition) => [...partition.values()]);

  return { createTable, execute, scan };
};

export type MemoryDynamo = ReturnType<typeof memoryDynamo>;

/**
 * A client whose requests are carried out by `call`, which is told the operation (`PutItem`) and its input. As in the SDK, a
 * transaction carries a token that stays the same when it is sent again.
 */
export const clientOf = (call: (operation: string, input: Input) => Promise<object>): DynamoDBClient =>
  ({
    send: ({ input, constructor }: { readonly input: Input; readonly constructor: { readonly name: string } }) => {
      const operation = constructor.name.replace(/Command$/, '');
      const token = operation === 'TransactWriteItems' && {
        ClientRequestToken: input.ClientRequestToken ?? randomUUID(),
      };
      return call(operation, { ...input, ...token });
    },
  }) as unknown as DynamoDBClient;

export type { AttributeValue };
