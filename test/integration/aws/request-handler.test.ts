import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { GetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { freshConnections, KeptConnections } from '../../../shared/aws/request-handler.ts';

/*
 * A function that sleeps sees nothing. Here the whole process stands still while a server in another process closes its
 * connections, so that the next request goes over a connection that is closed already.
 */
const SERVER = `
const { createServer } = require('node:http');
let requests = 0, connections = 0, cut = '', left = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.url === '/counts') return void response.end(JSON.stringify({ requests, connections }));
    if (request.socket.isForgotten) return void request.socket.resetAndDestroy();
    requests++;
    if (cut === 'after reading') return void request.socket.destroy();
    response.end(request.headers['x-amz-target'] ? '{}' : '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>');
    if (cut === 'reset') setTimeout(() => request.socket.resetAndDestroy(), 100);
    if (cut === 'closed') setTimeout(() => request.socket.end(), 100);
    if (cut === 'forgotten') request.socket.isForgotten = true;
    left = Math.max(0, left - 1);
    if (left === 0) cut = '';
  });
});
server.keepAliveTimeout = 60_000;
server.on('connection', () => connections++);
process.on('message', ([how, times]) => { cut = how; left = times; process.send('noted'); });
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
`;

let server: ChildProcess | undefined;
afterEach(() => {
  vi.useRealTimers();
  server?.kill();
});

const begin = async () => {
  const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  server = child;
  const [port] = (await once(child, 'message')) as [number];
  const settings = (maxAttempts: number, requestTimeout = 2_000) => ({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts,
    requestHandler: new KeptConnections({ connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true }),
  });
  return {
    sns: new SNSClient(settings(1)),
    fresh: new SNSClient({
      ...settings(1),
      requestHandler: freshConnections({
        connectionTimeout: 1_000,
        requestTimeout: 2_000,
        throwOnRequestTimeout: true,
      }),
    }),
    dynamo: new DynamoDBClient(settings(1)),
    /** What becomes of the connections of so many requests. */
    cut: async (how: string, times = 1) => {
      child.send([how, times]);
      await once(child, 'message');
    },
    counts: () =>
      JSON.parse(
        execFileSync(
          process.execPath,
          ['-e', `fetch('http://127.0.0.1:${port}/counts').then((r)=>r.text()).then(console.log)`],
          {
            encoding: 'utf8',
          },
        ),
      ) as { requests: number; connections: number },
  };
};

const sleepAsLambdaDoes = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};
const publish = new PublishCommand({ PhoneNumber: '+4915112345678', Message: 'Checkout is down' });
const get = new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } });

describe('a connection that the far side closed while the function slept', () => {
  test.each(['closed', 'reset', 'forgotten'])(
    '%s: the request goes over a new one, once, though it may be tried once only',
    async (how) => {
      const { sns, dynamo, cut, counts } = await begin();
      for (const send of [() => sns.send(publish), () => dynamo.send(get)]) {
        const before = counts();
        await cut(how);
        await send();
        sleepAsLambdaDoes(400);
        await send();
        expect(counts().requests - before.requests).toBe(2);
      }
    },
  );

  test('many requests at once all get through', async () => {
    const { sns, cut } = await begin();
    await cut('closed', 8);
    await Promise.all(Array.from({ length: 8 }, () => sns.send(publish)));
    sleepAsLambdaDoes(400);
    await Promise.all(Array.from({ length: 8 }, () => sns.send(publish)));
  });
});

describe('a request that was received and not answered', () => {
  test('is not sent again over a new connection, nor over one that was used a moment ago', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { sns, cut, counts } = await begin();
    await cut('after reading');
    await expect(sns.send(publish)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(counts().requests).toBe(1);
    await cut('');
    await sns.send(publish);
    await cut('after reading');
    await expect(sns.send(publish)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(counts().requests).toBe(3);
  });
});

test('connections are kept while they are good', async () => {
  const { sns, counts } = await begin();
  for (let i = 0; i < 5; i++) await sns.send(publish);
  sleepAsLambdaDoes(300);
  await sns.send(publish);
  expect(counts()).toMatchObject({ requests: 6, connections: 2 });
});

test('a message to a person is received once over a connection of its own, also where that is cut after a rest', async () => {
  const { fresh, cut, counts } = await begin();
  await fresh.send(publish);
  sleepAsLambdaDoes(400);
  await cut('after reading');
  await expect(fresh.send(publish)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(counts()).toMatchObject({ requests: 2, connections: 3 });
});
