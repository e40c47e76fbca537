import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { isDeepStrictEqual } from 'node:util';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { chunked } from '../kernel/chunked.ts';
import { decodeCursor, encodeCursor, invalidCursor, type Page, type PageRequest } from '../kernel/page.ts';
import * as z from 'zod/mini';

export type Item = Record<string, unknown>;
export type Key = Readonly<Record<string, string>>;

/**
 * A condition in DynamoDB's expression language. Names are written `#name` and need no further declaration; values are
 * `:name`, and are found in `values`.
 */
export interface Condition {
  readonly expression: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A change of one item, in words; `update` makes the expression. A path into a map is written `map.#key.#field`. */
export interface Update {
  readonly key: Key;
  /** Set only where the attribute is not there yet. */
  readonly once?: Item;
  readonly set?: Item;
  readonly add?: Readonly<Record<string, number>>;
  /** Sets an attribute to what a counter, named by its value, is when the same update adds 1 to it. */
  readonly setNext?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly when?: Condition;
}

/** A conditional write either happened, or tells what stood against it. */
export type Outcome<T> =
  | { readonly done: true; readonly item: T }
  | { readonly done: false; readonly item: T | undefined };

export interface Query {
  readonly index?: string;
  /** Key condition in DynamoDB's language, with `#name` and `:name`. */
  readonly where: string;
  readonly filter?: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly newestFirst?: boolean;
  readonly consistent?: boolean;
}

type Wire = Record<string, AttributeValue>;

/** DynamoDB reads as many items in one request. */
const KEYS_A_READ = 100;

/** A map that others fill may have a key `constructor`, which the library takes for that of a class. */
const toWire = (item: Item): Wire => marshall(item, { removeUndefinedValues: true, convertClassInstanceToMap: true });
const fromWire = <T>(wire: Wire): T => unmarshall(wire) as T;

/** Where a page begins, as a client sent it back: the keys of an item in a table and in an index. */
const StartKey = z.record(z.string(), z.union([z.string(), z.int()]));
/** What DynamoDB answers to a key that the table or the index does not have. */
const NOT_A_KEY: ReadonlySet<string> = new Set(['ValidationException', 'SerializationException']);

const namesIn = (...expressions: (string | undefined)[]): Record<string, string> =>
  Object.fromEntries(
    expressions.flatMap((e) => (e?.match(/#[A-Za-z0-9_]+/g) ?? []).map((name) => [name, name.slice(1)])),
  );

const valuesOf = (values: Readonly<Record<string, unknown>>): { ExpressionAttributeValues?: Wire } =>
  Object.keys(values).length === 0
    ? {}
    : {
        ExpressionAttributeValues: toWire(
          Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
        ),
      };

const updateExpression = (update: Update) => {
  const values: Item = { ...update.when?.values };
  const sets: string[] = [];
  const removes = [...(update.remove ?? [])];
  const assign = (value: unknown, write: (placeholder: string) => string): void => {
    if (value === undefined) return;
    const placeholder = `v${Object.keys(values).length}`;
    values[placeholder] = value;
    sets.push(write(`:${placeholder}`));
  };
  for (const [name, value] of Object.entries(update.once ?? {})) {
    assign(value, (v) => `#${name} = if_not_exists(#${name}, ${v})`);
  }
  for (const [name, value] of Object.entries(update.set ?? {})) assign(value, (v) => `#${name} = ${v}`);
  if ((update.add || update.setNext) && !('zero' in values)) values['zero'] = 0;
  for (const [name, by] of Object.entries(update.add ?? {})) {
    assign(by, (v) => `#${name} = if_not_exists(#${name}, :zero) + ${v}`);
  }
  for (const [name, counter] of Object.entries(update.setNext ?? {})) {
    assign(1, (v) => `#${name} = if_not_exists(#${counter}, :zero) + ${v}`);
  }
  const expression = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.map((name) => `#${name}`).join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' ');
  return {
    Key: toWire(update.key),
    UpdateExpression: expression,
    ...(update.when && { ConditionExpression: update.when.expression }),
    ExpressionAttributeNames: namesIn(expression, update.when?.expression),
    ...valuesOf(values),
  };
};

const conditional = (when: Condition | undefined) =>
  when
    ? {
        ConditionExpression: when.expression,
        ...(when.expression.includes('#') && { ExpressionAttributeNames: namesIn(when.expression) }),
        ...valuesOf(when.values ?? {}),
      }
    : {};

/** One write of a transaction. */
export type TransactWrite =
  | { readonly put: Item; readonly when?: Condition }
  | { readonly update: Update }
  | { readonly delete: Key; readonly when?: Condition }
  | { readonly check: Key; readonly when: Condition };

/**
 * A DynamoDB table in plain values. Conditional writes answer an `Outcome` instead of throwing, so that a lost race is a
 * value; everything else that goes wrong is the SDK's error.
 *
 * The SDK repeats a request whose answer was lost, and the repeat then meets what the first one wrote. DynamoDB recognises a
 * transaction by its token. A single write is recognised by its event, or by a `writeId` where it has none: when its repeat is
 * refused, and the item holds that id and everything else of the write, the write is done.
 */
export const table = (client: DynamoDBClient, name: string) => {
  const TableName = name;

  /** `only` names the attributes that are wanted; a policy may allow no others. */
  const get = async <T>(
    key: Key,
    options: { readonly consistent?: boolean; readonly only?: readonly string[] } = {},
  ): Promise<T | undefined> => {
    const projection = options.only?.map((name) => `#${name}`).join(', ');
    const { Item: item } = await client.send(
      new GetItemCommand({
        TableName,
        Key: toWire(key),
        ConsistentRead: options.consistent ?? false,
        ...(projection && { ProjectionExpression: projection, ExpressionAttributeNames: namesIn(projection) }),
      }),
    );
    return item && fromWire<T>(item);
  };

  const put = async <T extends object>(item: T, when?: Condition): Promise<Outcome<T>> => {
    try {
      await outsideTransactions(() =>
        client.send(
          new PutItemCommand({
            TableName,
            Item: toWire(item as Item),
            ...conditional(when),
            ...(when && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          }),
        ),
      );
      return { done: true, item };
    } catch (error) {
      const outcome = refused<T>(error);
      return wasRepeated(error) && holdsAll(outcome.item, item as Item) ? { done: true, item } : outcome;
    }
  };

  const update = async <T>(change: Update): Promise<Outcome<T>> => {
    try {
      const { Attributes } = await outsideTransactions(() =>
        client.send(
          new UpdateItemCommand({
            TableName,
            ...updateExpression(change),
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      return { done: true, item: fromWire<T>(Attributes ?? {}) };
    } catch (error) {
      const { item, ...outcome } = refused<T>(error);
      const isOurs = wasRepeated(error) && item !== undefined && hasMade(change, item as Item);
      return isOurs ? { done: true, item } : { ...outcome, item };
    }
  };

  const remove = async <T>(key: Key, when?: Condition): Promise<Outcome<T | undefined>> => {
    try {
      const { Attributes } = await outsideTransactions(() =>
        client.send(
          new DeleteItemCommand({
            TableName,
            Key: toWire(key),
            ReturnValues: 'ALL_OLD',
            ...conditional(when),
            ...(when && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
          }),
        ),
      );
      return { done: true, item: Attributes && fromWire<T>(Attributes) };
    } catch (error) {
      return refused<T | undefined>(error);
    }
  };

  /**
   * All or none. False when a condition stood against it or another transaction won. Without `token` the SDK makes one, so that
   * a repeated request is carried out once.
   */
  const transact = async (writes: readonly TransactWrite[], token?: string): Promise<boolean> => {
    const TransactItems = writes.map((write): TransactWriteItem => {
      if ('put' in write) return { Put: { TableName, Item: toWire(write.put), ...conditional(write.when) } };
      if ('update' in write) return { Update: { TableName, ...updateExpression(write.update) } };
      if ('delete' in write) return { Delete: { TableName, Key: toWire(write.delete), ...conditional(write.when) } };
      return {
        ConditionCheck: {
          TableName,
          Key: toWire(write.check),
          ...(conditional(write.when) as { ConditionExpression: string }),
        },
      };
    });
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: token }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && error.CancellationReasons?.some(isLostRace)) return false;
      throw error;
    }
  };

  /** One page of a query, with a cursor bound to the query. */
  const page = async <T>(query: Query, request: PageRequest): Promise<Page<T>> => {
    const start = request.cursor === undefined ? undefined : decodeCursor(request.cursor, query, StartKey);
    const { items, last } = await queryOnce<T>(query, request.limit, start);
    return { items, next: last ? encodeCursor(last, query) : null };
  };

  /** Every item of a query that is known to be short; refuses to read more than `atMost`. */
  const all = async <T>(query: Query, atMost = 1000): Promise<T[]> => {
    const found: T[] = [];
    let start: Item | undefined;
    do {
      // One more than wanted: DynamoDB says that there may be more wherever it stopped at a limit.
      const { items, last } = await queryOnce<T>(query, atMost + 1, start);
      found.push(...items);
      start = last;
      if (found.length > atMost) throw new Error(`More than ${atMost} items in ${query.where}`);
    } while (start);
    return found;
  };

  /** Every item of a query, page after page, however many there are. Without `Limit` a page is as large as DynamoDB makes it. */
  const every = async <T>(query: Query): Promise<T[]> => {
    const found: T[] = [];
    let start: Item | undefined;
    do {
      const { items, last } = await queryOnce<T>(query, undefined, start);
      for (const item of items) found.push(item);
      start = last;
    } while (start);
    return found;
  };

  const queryOnce = async <T>(
    query: Query,
    limit: number | undefined,
    start?: Item,
  ): Promise<{ items: T[]; last?: Item }> => {
    try {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: query.index,
          KeyConditionExpression: query.where,
          FilterExpression: query.filter,
          ExpressionAttributeNames: namesIn(query.where, query.filter),
          ...valuesOf(query.values),
          ScanIndexForward: !query.newestFirst,
          ConsistentRead: query.consistent ?? false,
          Limit: limit,
          ExclusiveStartKey: start && toWire(start),
        }),
      );
      return {
        items: Items.map((item) => fromWire<T>(item)),
        ...(LastEvaluatedKey && { last: fromWire<Item>(LastEvaluatedKey) }),
      };
    } catch (error) {
      if (start && error instanceof Error && NOT_A_KEY.has(error.name)) throw invalidCursor();
      throw error;
    }
  };

  /** How many items a query finds, in so many pages of a megabyte at most. */
  const count = async (query: Query, mostPages: number): Promise<number> => {
    let [found, start]: [number, Wire | undefined] = [0, undefined];
    for (let pages = 0; pages < mostPages; pages++) {
      const { Count = 0, LastEvaluatedKey }: QueryCommandOutput = await client.send(
        new QueryCommand({
          TableName,
          IndexName: query.index,
          KeyConditionExpression: query.where,
          FilterExpression: query.filter,
          ExpressionAttributeNames: namesIn(query.where, query.filter),
          ...valuesOf(query.values),
          Select: 'COUNT',
          ConsistentRead: query.consistent ?? false,
          ExclusiveStartKey: start,
        }),
      );
      found += Count;
      if (!LastEvaluatedKey) break;
      start = LastEvaluatedKey;
    }
    return found;
  };

  /** The items of these keys, a hundred in a request, each once and in the order of the keys. A missing one is left out. */
  const many = async <T>(keys: readonly Key[], options: { readonly consistent?: boolean } = {}): Promise<T[]> => {
    const found = new Map<string, T>();
    const text = (wire: Wire): string =>
      Object.keys(keys[0] ?? {})
        .map((part) => JSON.stringify(wire[part]))
        .join();
    // DynamoDB refuses a batch that names a key twice.
    const asked = new Map(keys.map((key) => toWire(key)).map((key) => [text(key), key]));
    const readBatch = async (batch: readonly Wire[]): Promise<void> => {
      let pending: Wire[] = [...batch];
      for (let attempt = 0; pending.length > 0; attempt++) {
        if (attempt > 5) throw new Error('DynamoDB left keys of a batch unread');
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetItemCommand({
            RequestItems: { [TableName]: { Keys: pending, ConsistentRead: options.consistent ?? false } },
          }),
        );
        for (const item of Responses?.[TableName] ?? []) found.set(text(item), fromWire<T>(item));
        pending = UnprocessedKeys?.[TableName]?.Keys ?? [];
      }
    };
    await Promise.all(chunked([...asked.values()], KEYS_A_READ).map(readBatch));
    return [...asked.keys()].flatMap((key) => found.get(key) ?? []);
  };

  return { name, get, put, update, remove, transact, page, queryOnce, all, every, count, many };
};

export type Table = ReturnType<typeof table>;

/** A transaction takes some milliseconds, so a single write that met one is sent again at once, this often at most. */
const MOST_CONFLICTS = 10;

/** DynamoDB refuses a single write while a transaction works on the same item, and carries out nothing. */
const outsideTransactions = async <T>(send: () => Promise<T>): Promise<T> => {
  for (let conflicts = 0; ; conflicts++) {
    try {
      return await send();
    } catch (error) {
      // After a request whose answer was lost, the caller must know that an earlier one may have been carried out.
      const isFirst = error instanceof TransactionConflictException && (error.$metadata.attempts ?? 1) === 1;
      if (!isFirst || conflicts === MOST_CONFLICTS) throw error;
    }
  }
};

const refused = <T>(error: unknown): { readonly done: false; readonly item: T | undefined } => {
  if (error instanceof ConditionalCheckFailedException) {
    return { done: false, item: error.Item && fromWire<T>(error.Item) };
  }
  throw error;
};

/** Whether the SDK has sent the request more than once, so that an earlier one may have been carried out. */
const wasRepeated = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException && (error.$metadata.attempts ?? 1) > 1;

/** A value as it is after it was written and read. */
const asStored = (value: unknown): unknown => fromWire<{ value?: unknown }>(toWire({ value })).value;

/** No other write has the id of this event, or this `writeId`. Without either, two equal writes may be of two writers. */
const hasIdentity = (written: Item): boolean =>
  typeof (written['event'] as { id?: unknown } | undefined)?.id === 'string' || typeof written['writeId'] === 'string';

const holdsAll = (found: unknown, wanted: Item): boolean =>
  found !== undefined && hasIdentity(wanted) && isDeepStrictEqual(found, fromWire(toWire(wanted)));

/** The value at a path such as `map.#key.#field`. */
const valueAt = (item: Item, path: string): unknown =>
  path
    .split('.')
    .map((part) => part.replace(/^#/, ''))
    .reduce<unknown>((found, part) => (found as Item | undefined)?.[part], item);

/** Whether an item is as this change, and no other, would have left it. */
const hasMade = ({ set = {}, remove = [] }: Update, item: Item): boolean => {
  const assigned = Object.entries(set).filter(([, value]) => value !== undefined);
  return (
    hasIdentity(set) &&
    assigned.every(([path, value]) => isDeepStrictEqual(valueAt(item, path), asStored(value))) &&
    remove.every((path) => valueAt(item, path) === undefined)
  );
};

const isLostRace = (reason: { Code?: string | undefined }): boolean =>
  reason.Code === 'ConditionalCheckFailed' || reason.Code === 'TransactionConflict';

/** In an event of Lambda binary values are base64 under `B`; no other part of an image has a text under that name. */
const decoded = (key: string, value: unknown): unknown =>
  key === 'B' && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;

/** The plain values of a stream record's image. */
export const fromImage = <T>(image: Record<string, unknown>): T => {
  const text = JSON.stringify(image);
  return fromWire<T>((text.includes('"B":"') ? JSON.parse(text, decoded) : image) as Wire);
};
