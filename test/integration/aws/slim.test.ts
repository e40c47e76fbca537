import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as dynamoSdk from '@aws-sdk/client-dynamodb';
import * as secretsSdk from '@aws-sdk/client-secrets-manager';
import * as snsSdk from '@aws-sdk/client-sns';
import * as sqsSdk from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as dynamoSlim from '../../../shared/aws/slim/client-dynamodb.ts';
import * as secretsSlim from '../../../shared/aws/slim/client-secrets-manager.ts';
import * as snsSlim from '../../../shared/aws/slim/client-sns.ts';
import * as sqsSlim from '../../../shared/aws/slim/client-sqs.ts';

interface Seen {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Reaction = { readonly status: number; readonly body: string } | 'hang' | 'reset';

let server: Server;
let reactions: Reaction[] = [];
let seen: Seen[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ path: request.url, headers: request.headers, body });
      const reaction = reactions.shift() ?? { status: 200, body: '{}' };
      if (reaction === 'hang') return;
      if (reaction === 'reset') return void request.socket.destroy();
      response.writeHead(reaction.status).end(reaction.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});
beforeEach(() => {
  reactions = [];
  seen = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const SETTINGS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 200, throwOnRequestTimeout: true },
};

/** What stands in for a package and the package itself, alike to whoever uses them. */
interface Kit {
  readonly client: { send(command: never): Promise<object> };
  readonly of: Readonly<Record<string, unknown>>;
}
const kits = (client: string, slim: object, sdk: object): readonly [Kit, Kit] => {
  const kit = (of: object): Kit => {
    const Client = (of as Record<string, new (settings: object) => Kit['client']>)[client];
    if (!Client) throw new Error(`There is no ${client}`);
    return { client: new Client(SETTINGS), of: of as Kit['of'] };
  };
  return [kit(slim), kit(sdk)];
};
const send = ({ client, of }: Kit, operation: string, input: object): Promise<object> =>
  client.send(new (of[`${operation}Command`] as new (input: object) => never)(input));

const JSON_TYPES = /^application\/x-amz-json/;
const bodyOf = ({ headers, body }: Seen): unknown =>
  JSON_TYPES.test(headers['content-type'] ?? '')
    ? JSON.parse(body)
    : Object.fromEntries([...new URLSearchParams(body)].sort(([a], [b]) => a.localeCompare(b)));

const item = {
  part: { S: 'p' },
  n: { N: '1' },
  b: { B: new Uint8Array([0, 255, 7]) },
  m: { M: { B: { S: 'no binary' } } },
};
const wire = { part: { S: 'p' }, n: { N: '1' }, b: { B: 'AP8H' }, m: { M: { B: { S: 'no binary' } } } };

const REQUESTS: readonly (readonly [string, object, object, string, object, string])[] = [
  [
    'DynamoDBClient',
    dynamoSlim,
    dynamoSdk,
    'GetItem',
    { TableName: 't', Key: { part: { S: 'p' } } },
    JSON.stringify({ Item: wire }),
  ],
  [
    'DynamoDBClient',
    dynamoSlim,
    dynamoSdk,
    'PutItem',
    { TableName: 't', Item: { ...item, buffer: { B: Buffer.from([1, 2, 255]) } }, ConditionExpression: undefined },
    '{}',
  ],
  [
    'DynamoDBClient',
    dynamoSlim,
    dynamoSdk,
    'UpdateItem',
    { TableName: 't', Key: { part: { S: 'p' } }, UpdateExpression: 'SET #a = :a' },
    JSON.stringify({ Attributes: wire }),
  ],
  ['DynamoDBClient', dynamoSlim, dynamoSdk, 'DeleteItem', { TableName: 't', Key: { part: { S: 'p' } } }, '{}'],
  [
    'DynamoDBClient',
    dynamoSlim,
    dynamoSdk,
    'Query',
    { TableName: 't', KeyConditionExpression: '#a = :a', Limit: 3, ScanIndexForward: false },
    JSON.stringify({ Items: [wire], LastEvaluatedKey: { part: { S: 'p' } } }),
  ],
  [
    'DynamoDBClient',
    dynamoSlim,
    dynamoSdk,
    'BatchGetItem',
    { RequestItems: { t: { Keys: [{ part: { S: 'p' } }] } } },
    JSON.stringify({ Responses: { t: [wire] }, UnprocessedKeys: {} }),
  ],
  [
    'DynamoDBClient',
    dynamoSlim,
    dynamoSdk,
    'TransactWriteItems',
    { TransactItems: [{ Put: { TableName: 't', Item: item } }], ClientRequestToken: 'mine' },
    '{}',
  ],
  [
    'SQSClient',
    sqsSlim,
    sqsSdk,
    'SendMessage',
    { QueueUrl: 'QUEUE', MessageBody: 'ä"', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
    JSON.stringify({ MessageId: 'm', MD5OfMessageBody: createHash('md5').update('ä"').digest('hex') }),
  ],
  [
    'SecretsManagerClient',
    secretsSlim,
    secretsSdk,
    'GetSecretValue',
    { SecretId: 'arn' },
    '{"SecretString":"s","VersionId":"v"}',
  ],
  [
    'SecretsManagerClient',
    secretsSlim,
    secretsSdk,
    'PutSecretValue',
    { SecretId: 'arn', ClientRequestToken: 'token', SecretString: '{}' },
    '{"VersionId":"v"}',
  ],
  [
    'SNSClient',
    snsSlim,
    snsSdk,
    'Publish',
    {
      TopicArn: 'arn',
      Subject: 'a & b',
      Message: '{"default":"ä"}',
      MessageStructure: 'json',
      MessageAttributes: {
        severity: { DataType: 'String', StringValue: 'critical' },
        team: { DataType: 'String', StringValue: 'x y' },
      },
    },
    '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>',
  ],
  [
    'SNSClient',
    snsSlim,
    snsSdk,
    'Subscribe',
    {
      TopicArn: 'arn',
      Protocol: 'https',
      Endpoint: 'https://a.example/?b=c&d',
      ReturnSubscriptionArn: true,
      Attributes: { FilterPolicy: '{"severity":["critical"]}', RawMessageDelivery: 'true' },
    },
    '<SubscribeResponse><SubscribeResult><SubscriptionArn>arn:1</SubscriptionArn></SubscribeResult></SubscribeResponse>',
  ],
  [
    'SNSClient',
    snsSlim,
    snsSdk,
    'Unsubscribe',
    { SubscriptionArn: 'arn:1' },
    '<UnsubscribeResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></UnsubscribeResponse>',
  ],
  [
    'SNSClient',
    snsSlim,
    snsSdk,
    'ListSubscriptionsByTopic',
    { TopicArn: 'arn', NextToken: undefined },
    '<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions><member><SubscriptionArn>arn:1</SubscriptionArn><Protocol>sms</Protocol><Endpoint>+491</Endpoint></member><member><SubscriptionArn>arn:2</SubscriptionArn></member></Subscriptions><NextToken>n</NextToken></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>',
  ],
  [
    'SNSClient',
    snsSlim,
    snsSdk,
    'ListSubscriptionsByTopic',
    { TopicArn: 'one' },
    '<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions><member><SubscriptionArn>arn:1</SubscriptionArn></member></Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>',
  ],
  [
    'SNSClient',
    snsSlim,
    snsSdk,
    'ListSubscriptionsByTopic',
    { TopicArn: 'none' },
    '<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions/></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>',
  ],
  [
    'SNSClient',
    snsSlim,
    snsSdk,
    'GetSubscriptionAttributes',
    { SubscriptionArn: 'arn:1' },
    '<GetSubscriptionAttributesResponse><GetSubscriptionAttributesResult><Attributes><entry><key>PendingConfirmation</key><value>true</value></entry><entry><key>FilterPolicy</key><value>{&quot;a&quot;:[&quot;b&quot;]}</value></entry></Attributes></GetSubscriptionAttributesResult></GetSubscriptionAttributesResponse>',
  ],
];

describe('what stands in for the SDK in the bundles', () => {
  test.each(REQUESTS)('%s asks and understands as the SDK does', async (client, slim, sdk, operation, input, body) => {
    const [ours, theirs] = kits(client, slim, sdk);
    // SQS is asked where the queue's URL says.
    const asked = 'QueueUrl' in input ? { ...input, QueueUrl: `${process.env['AWS_ENDPOINT_URL']}/1/q` } : input;
    const answer = { status: 200, body };
    reactions = [answer, answer];
    const mine = await send(ours, operation, asked);
    const { $metadata: _, ...reference } = (await send(theirs, operation, asked)) as Record<string, unknown>;
    expect(mine).toEqual(reference);
    const [a, b] = seen as [Seen, Seen];
    expect(bodyOf(a)).toEqual(bodyOf(b));
    expect(a.headers['x-amz-target']).toBe(b.headers['x-amz-target']);
    expect(a.headers['content-type']).toBe(b.headers['content-type']);
    expect(/Credential=[^,]*/.exec(a.headers.authorization ?? '')?.[0]).toBe(
      /Credential=[^,]*/.exec(b.headers.authorization ?? '')?.[0],
    );
  });

  const failed = async (kit: Kit, operation: string, input: object): Promise<Record<string, unknown>> => {
    try {
      await send(kit, operation, input);
    } catch (error) {
      const { name, message, $metadata, Item, CancellationReasons } = error as Record<string, unknown>;
      return {
        name,
        message,
        status: ($metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode,
        Item,
        CancellationReasons,
      };
    }
    throw new Error('It did not fail');
  };

  test.each([
    [
      'DynamoDBClient',
      dynamoSlim,
      dynamoSdk,
      'PutItem',
      { TableName: 't', Item: item },
      400,
      { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'no', Item: wire },
    ],
    [
      'DynamoDBClient',
      dynamoSlim,
      dynamoSdk,
      'TransactWriteItems',
      { TransactItems: [] },
      400,
      {
        __type: 'x#TransactionCanceledException',
        Message: 'no',
        CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: wire }],
      },
    ],
    [
      'DynamoDBClient',
      dynamoSlim,
      dynamoSdk,
      'Query',
      { TableName: 't' },
      400,
      { __type: 'x#ValidationException', message: 'bad' },
    ],
    [
      'DynamoDBClient',
      dynamoSlim,
      dynamoSdk,
      'GetItem',
      { TableName: 't', Key: {} },
      400,
      { __type: 'x#ProvisionedThroughputExceededException', message: 'slow down' },
    ],
    [
      'SecretsManagerClient',
      secretsSlim,
      secretsSdk,
      'GetSecretValue',
      { SecretId: 's' },
      400,
      { __type: 'ResourceNotFoundException', Message: 'none' },
    ],
  ] as const)('%s tells an error as the SDK does', async (client, slim, sdk, operation, input, status, body) => {
    const [ours, theirs] = kits(client, slim, sdk);
    reactions = Array.from({ length: 4 }, () => ({ status, body: JSON.stringify(body) }));
    const mine = await failed(ours, operation, input);
    const attempts = seen.length;
    expect(mine).toEqual(await failed(theirs, operation, input));
    expect(seen.length - attempts, 'attempts').toBe(attempts);
  });

  test('an error of SNS bears the name that the SDK gives it', async () => {
    const [ours, theirs] = kits('SNSClient', snsSlim, snsSdk);
    const body =
      '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>bad</Message></Error></ErrorResponse>';
    reactions = [
      { status: 400, body },
      { status: 400, body },
    ];
    expect(await failed(ours, 'Unsubscribe', {})).toEqual(await failed(theirs, 'Unsubscribe', {}));
  });

  test('classes of errors are known by instanceof, and a transaction keeps its token when it is sent again', async () => {
    const [ours] = kits('DynamoDBClient', dynamoSlim, dynamoSdk);
    reactions = [{ status: 400, body: '{"__type":"x#ConditionalCheckFailedException"}' }];
    await expect(send(ours, 'PutItem', {})).rejects.toBeInstanceOf(dynamoSlim.ConditionalCheckFailedException);
    reactions = ['reset', { status: 200, body: '{}' }];
    seen = [];
    await send(ours, 'TransactWriteItems', { TransactItems: [] });
    const [first, second] = seen.map(
      ({ body }) => (JSON.parse(body) as { ClientRequestToken: string }).ClientRequestToken,
    );
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toBe(first);
  });

  test('gives up in time on a service that hangs, after two attempts, and says so as the SDK does', async () => {
    const [ours] = kits('DynamoDBClient', dynamoSlim, dynamoSdk);
    reactions = ['hang', 'hang', 'hang'];
    const begun = performance.now();
    await expect(send(ours, 'GetItem', {})).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(seen).toHaveLength(2);
  });

  test('a server error that is no JSON tells its status, and is tried again', async () => {
    const [ours] = kits('DynamoDBClient', dynamoSlim, dynamoSdk);
    reactions = [
      { status: 503, body: '<html>' },
      { status: 200, body: '{}' },
    ];
    expect(await send(ours, 'GetItem', {})).toEqual({});
    reactions = [
      { status: 503, body: '<html>' },
      { status: 503, body: '' },
    ];
    await expect(send(ours, 'GetItem', {})).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });
});
