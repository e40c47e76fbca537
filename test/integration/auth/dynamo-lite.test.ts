import { createHash, createHmac, type BinaryLike } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoLite, DynamoError, plainItem } from '../../../shared/aws/dynamo-lite.ts';

type Reaction = 'answer' | 'hang' | 'reset' | { readonly status: number; readonly body: string };

let server: Server;
let environment: Record<string, string>;
let reactions: Reaction[] = [];
let requests: { request: IncomingMessage; body: string }[] = [];
let connections = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      requests.push({ request, body });
      const reaction = reactions.shift() ?? 'answer';
      if (reaction === 'hang') return;
      if (reaction === 'reset') request.socket.destroy();
      else if (reaction === 'answer') response.end('{"Items":[]}');
      else response.writeHead(reaction.status).end(reaction.body);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  environment = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: 'a-session-token',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
});
beforeEach(() => {
  reactions = [];
  requests = [];
  connections = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const at = new Date('2026-11-21T03:00:00.123Z');
const dynamo = () => dynamoLite(environment, () => at);

class Sha256 {
  private readonly hash;
  constructor(secret?: BinaryLike) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data: BinaryLike): void {
    this.hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.hash.digest());
  }
}

describe('a call', () => {
  it('is signed as the SDK signs it', async () => {
    await dynamo()('Query', { TableName: 'auth', Text: 'ä 🔔' });
    const [{ request, body } = { request: undefined, body: '' }] = requests;
    const headers = request?.headers as Record<string, string>;
    const signer = new SignatureV4({
      service: 'dynamodb',
      region: 'eu-central-1',
      sha256: Sha256 as never,
      applyChecksum: false,
      credentials: {
        accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
        sessionToken: environment['AWS_SESSION_TOKEN'] ?? '',
      },
    });
    const expected = (await signer.sign(
      {
        method: 'POST',
        protocol: 'http:',
        hostname: '127.0.0.1',
        path: '/',
        query: {},
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          host: headers['host'] ?? '',
          'x-amz-target': 'DynamoDB_20120810.Query',
        },
        body,
      } as never,
      { signingDate: at },
    )) as unknown as { headers: Record<string, string> };
    expect(headers['authorization']).toBe(expected.headers['authorization']);
  });

  it('goes over one connection, again and again', async () => {
    const call = dynamo();
    for (let i = 0; i < 5; i++) await call('Query', {});
    expect(connections).toBe(1);
  });

  it.each<[string, Reaction]>([
    ['a connection that broke', 'reset'],
    ['a service that is busy', { status: 400, body: '{"__type":"x#ProvisionedThroughputExceededException"}' }],
    ['a service that failed', { status: 500, body: '{"__type":"InternalServerError"}' }],
    ['an answer that is no JSON', { status: 502, body: '<html>' }],
    ['a service that hangs', 'hang'],
  ])('is tried again after %s', async (_what, reaction) => {
    reactions = [reaction];
    expect(await dynamo()('Query', {})).toEqual({ Items: [] });
    expect(requests).toHaveLength(2);
  });

  it('rejects after three attempts', async () => {
    reactions = ['reset', 'reset', 'reset'];
    await expect(dynamo()('Query', {})).rejects.toBeInstanceOf(DynamoError);
    expect(requests).toHaveLength(3);
  });

  it('is not tried again when another attempt would be refused too', async () => {
    reactions = [
      { status: 400, body: '{"__type":"com.amazonaws.dynamodb#ConditionalCheckFailedException","message":"no"}' },
    ];
    await expect(dynamo()('UpdateItem', {})).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(requests).toHaveLength(1);
  });
});

it('an item is told in plain values', () => {
  expect(
    plainItem({
      s: { S: 'a' },
      n: { N: '1.5' },
      b: { BOOL: false },
      z: { NULL: true },
      l: { L: [{ S: 'x' }, { M: { y: { N: '2' } } }] },
    }),
  ).toEqual({ s: 'a', n: 1.5, b: false, z: null, l: ['x', { y: 2 }] });
});
