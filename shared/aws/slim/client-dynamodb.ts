import { randomUUID } from 'node:crypto';
import { json } from './json.ts';
import { clientFor, Command, commandOf, ServiceError } from './service.ts';

/* Takes the place of `@aws-sdk/client-dynamodb` in the bundles, as far as `shared/aws/dynamo.ts` uses it. */

interface Details {
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}

export class ConditionalCheckFailedException extends ServiceError {
  declare readonly Item?: object;

  constructor({ message, $metadata, ...details }: Details) {
    super('ConditionalCheckFailedException', message, $metadata.httpStatusCode, withBinaries(details));
  }
}

export class TransactionCanceledException extends ServiceError {
  declare readonly CancellationReasons?: readonly { readonly Code?: string }[];

  constructor({ message, $metadata, ...details }: Details) {
    super('TransactionCanceledException', message, $metadata.httpStatusCode, withBinaries(details));
  }
}

/** Binary values travel as base64 under `B`. No other part of an answer has a text under that name. */
const decoded = (key: string, value: unknown): unknown =>
  key === 'B' && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;

const withBinaries = (details: object): object => read(JSON.stringify(details));

const read = (text: string): object => JSON.parse(text || '{}', text.includes('"B":"') ? decoded : undefined) as object;

/** A Buffer would write itself as a list of numbers, so the value is looked up where it stood. */
const write = (input: object): string =>
  JSON.stringify(input, function (this: Record<string, unknown>, key, value: unknown) {
    const bytes = this[key];
    if (!(bytes instanceof Uint8Array)) return value;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  });

export const DynamoDBClient = clientFor(
  json({
    service: 'dynamodb',
    variable: 'DYNAMODB',
    target: 'DynamoDB_20120810',
    version: '1.0',
    write,
    read,
    errors: { ConditionalCheckFailedException, TransactionCanceledException } as never,
  }),
);

export const BatchGetItemCommand = commandOf('BatchGetItem');
export const DeleteItemCommand = commandOf('DeleteItem');
export const GetItemCommand = commandOf('GetItem');
export const PutItemCommand = commandOf('PutItem');
export const QueryCommand = commandOf('Query');
export const UpdateItemCommand = commandOf('UpdateItem');

/** A transaction that is sent again, because its answer was lost, is carried out once: the token tells. */
export class TransactWriteItemsCommand extends Command {
  static readonly operation = 'TransactWriteItems';

  constructor(input: { readonly ClientRequestToken?: string | undefined }) {
    super({ ...input, ClientRequestToken: input.ClientRequestToken ?? randomUUID() });
  }
}
