import type { Assembly } from '../types.ts';
import type { Ask, Context } from './policy.ts';

type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The parts of a request, or of an item of a batch or a transaction, that decide whether it is allowed. */
interface Part {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Values;
  readonly Item?: Values;
  readonly Keys?: readonly Values[];
  readonly Select?: string;
  readonly ReturnValues?: string;
  readonly ProjectionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Values;
}

const TRANSACTED: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};
const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/**
 * What a request to DynamoDB asks of IAM: each part of a transaction by itself, each table of a batch, with the condition
 * keys that identity-based policies narrow a grant by.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function dynamoAsks(
  operation: string,
  input: unknown,
  assembly: Pick<Assembly, 'find' | 'byType'>,
): readonly Ask[] {
  const ask = (action: string, part: Part): Ask => {
    const table = assembly.find(part.TableName ?? '');
    const arn = table?.arn ?? `an unknown table ${part.TableName}`;
    return {
      action: `dynamodb:${action}`,
      resource: part.IndexName ? `${arn}/index/${part.IndexName}` : arn,
      context: contextOf(action, part, hashNameOf(table?.properties ?? {}, part.IndexName)),
    };
  };
  const { TransactItems, RequestItems } = input as {
    readonly TransactItems?: readonly Readonly<Record<string, Part>>[];
    readonly RequestItems?: Readonly<Record<string, Part>>;
  };
  if (TransactItems) {
    return TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, part]) => ask(TRANSACTED[kind] ?? kind, part)),
    );
  }
  if (RequestItems)
    return Object.entries(RequestItems).map(([name, part]) => ask(operation, { ...part, TableName: name }));
  return [ask(operation, input as Part)];
}

function contextOf(action: string, part: Part, hashName: string): Context {
  const keys = part.Keys ?? [part.Key ?? part.Item ?? {}];
  const leading = action === 'Query' ? queried(part, hashName) : keys.map((key) => textOf(key[hashName]));
  const select = part.Select ?? (part.ProjectionExpression ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES');
  return {
    'dynamodb:LeadingKeys': leading.filter((value) => value !== undefined),
    'dynamodb:Attributes': [...new Set([...keys.flatMap(Object.keys), ...namesIn(part)])],
    ...(READS.has(action) && { 'dynamodb:Select': [select] }),
    ...(action === 'UpdateItem' && { 'dynamodb:ReturnValues': [part.ReturnValues ?? 'NONE'] }),
  };
}

interface KeySchema {
  readonly AttributeName: string;
  readonly KeyType: string;
}

function hashNameOf(table: Readonly<Record<string, unknown>>, indexName: string | undefined): string {
  const indexes = (table['GlobalSecondaryIndexes'] ?? []) as { IndexName: string; KeySchema: readonly KeySchema[] }[];
  const schema = indexName
    ? indexes.find((index) => index.IndexName === indexName)?.KeySchema
    : (table['KeySchema'] as readonly KeySchema[] | undefined);
  return schema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
}

function queried(part: Part, hashName: string): (string | undefined)[] {
  for (const [, name = '', value = ''] of (part.KeyConditionExpression ?? '').matchAll(
    /(?<![#\w])([#\w]+)\s*=\s*(:\w+)/g,
  )) {
    if ((part.ExpressionAttributeNames?.[name] ?? name) !== hashName) continue;
    return [textOf(part.ExpressionAttributeValues?.[value])];
  }
  return [];
}

const KEYWORDS = new Set(['AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'SET', 'REMOVE', 'ADD', 'DELETE']);

/** Names of the attributes at the top that the expressions of a request speak of. */
function namesIn(part: Part): string[] {
  const expressions = [
    part.ProjectionExpression,
    part.KeyConditionExpression,
    part.FilterExpression,
    part.ConditionExpression,
    part.UpdateExpression,
  ];
  return expressions.flatMap((expression) =>
    [...(expression ?? '').matchAll(/(?<![\w:#.])(#?[A-Za-z_]\w*)(?!\w|\s*\()/g)]
      .map(([, name = '']) => part.ExpressionAttributeNames?.[name] ?? name)
      .filter((name) => !KEYWORDS.has(name.toUpperCase())),
  );
}

function textOf(value: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const found = value?.['S'] ?? value?.['N'] ?? value?.['B'];
  return found === undefined ? undefined : String(found);
}
