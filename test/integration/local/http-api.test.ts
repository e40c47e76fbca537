import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../../../local/emulator/gateway/server.ts';
import { readHttpApi } from '../../../local/emulator/gateway/http-api.ts';
import { freePortOfTwo } from '../../support/tools/free-port.ts';
import type { Assembly, LocalClock, Resource } from '../../../local/emulator/types.ts';

type Declared = readonly [type: string, id: string, properties: Record<string, unknown>];
const API: readonly Declared[] = [
  ['Api', 'api', { ProtocolType: 'HTTP' }],
  [
    'Integration',
    'to',
    { ApiId: 'api', IntegrationType: 'AWS_PROXY', IntegrationUri: 'arn:fn', PayloadFormatVersion: '1.0' },
  ],
  ['Route', 'push', { ApiId: 'api', RouteKey: 'POST /push', Target: 'integrations/to' }],
  ['Route', 'hook', { ApiId: 'api', RouteKey: 'POST /in/{key}/hook', Target: 'integrations/to' }],
  [
    'Stage',
    '$default',
    {
      ApiId: 'api',
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 100 },
      RouteSettings: { 'POST /push': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 } },
    },
  ],
];
const assemblyOf = (declared: readonly Declared[]): Assembly =>
  ({
    account: '000000000000',
    region: 'eu-central-1',
    byType: (type: string) =>
      declared.flatMap(([name, id, properties]) =>
        type === `AWS::ApiGatewayV2::${name}`
          ? [{ logicalId: id, physicalId: id, properties } as unknown as Resource]
          : [],
      ),
  }) as unknown as Assembly;

let gateway: Gateway;
let now = Date.parse('2026-11-30T03:00:00Z');
let answer: () => Promise<string>;
let seen: Record<string, never> = {};
const startAt = (port: number): Promise<Gateway> =>
  startGateway({
    assembly: assemblyOf(API),
    lambdas: {
      invoke: () => Promise.reject(new Error('unused')),
      invokeText: (_arn: string, event: string) => {
        seen = JSON.parse(event) as typeof seen;
        return answer();
      },
    } as never,
    clock: { now: () => now } as LocalClock,
    log: () => undefined,
    usageKeys: undefined as never,
    port,
    localRoutes: async () => undefined,
  });
beforeAll(async () => {
  gateway = await startAt(0);
});
afterAll(() => gateway.stop());
const post = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
  answer = async () => JSON.stringify({ statusCode: 200, body: 'taken' });
  const response = await fetch(`${gateway.httpApiUrl}${path}`, { method: 'POST', headers, body: '{"a":1}' });
  return [response.status, await response.text()];
};

test('an HTTP API calls the function of a route with the event of a REST API, which says so', async () => {
  now += 60_000;
  expect(await post('/in/k1/hook')).toEqual([200, 'taken']);
  expect(seen).toMatchObject({
    version: '1.0',
    resource: '/in/{key}/hook',
    path: '/in/k1/hook',
    httpMethod: 'POST',
    pathParameters: { key: 'k1' },
    body: '{"a":1}',
    isBase64Encoded: false,
    requestContext: { apiId: 'api', stage: '$default', resourcePath: '/in/{key}/hook' },
  });
});

test('the address of a client is that of the connection, whatever the client says', async () => {
  now += 60_000;
  await post('/push', { 'x-forwarded-for': '203.0.113.9, 198.51.100.1' });
  expect(seen).toMatchObject({ requestContext: { identity: { sourceIp: '127.0.0.1' } } });
});

test('a route has its own throttle, and any other the one of the stage', async () => {
  now += 60_000;
  const statuses = async (path: string, times: number) => {
    const all: unknown[] = [];
    for (let i = 0; i < times; i++) all.push((await post(path))[0]);
    return all;
  };
  expect(await statuses('/push', 3)).toEqual([200, 200, 429]);
  expect(await post('/push')).toEqual([429, '{"message":"Too Many Requests"}']);
  expect(await statuses('/in/k1/hook', 5)).toEqual([200, 200, 200, 200, 200]);
  now += 1_000;
  expect(await statuses('/push', 2)).toEqual([200, 429]);
});

test('a function that fails, and a path that is no route, are refused in the words of an HTTP API', async () => {
  now += 60_000;
  answer = () => Promise.reject(new Error('it died'));
  const failed = await fetch(`${gateway.httpApiUrl}/push`, { method: 'POST' });
  expect([failed.status, await failed.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  expect(await post('/push/')).toEqual([404, '{"message":"Not Found"}']);
  expect(await post('/other')).toEqual([404, '{"message":"Not Found"}']);
});

test('what the local run cannot serve as AWS does is refused when the template is read', () => {
  const withRoute = (properties: Record<string, unknown>) =>
    assemblyOf([...API, ['Route', 'other', { ApiId: 'api', Target: 'integrations/to', ...properties }]]);
  expect(() => readHttpApi(withRoute({ RouteKey: '$default' }))).toThrow('not supported by the local run');
  expect(() => readHttpApi(withRoute({ RouteKey: 'GET /x', AuthorizationType: 'JWT' }))).toThrow('not supported');
  expect(() => readHttpApi(withRoute({ RouteKey: 'GET /x', Target: 'integrations/none' }))).toThrow('integration');
  expect(readHttpApi(assemblyOf([]))).toBeUndefined();
});

test('it is served one port above the REST API, from run to run, or at another one where that is taken', async () => {
  const port = await freePortOfTwo();
  const first = await startAt(port);
  expect(first.httpApiUrl).toBe(`http://127.0.0.1:${port + 1}`);
  await first.stop();
  const taken = createServer().listen(port + 1, '127.0.0.1');
  await once(taken, 'listening');
  const second = await startAt(port);
  expect(second.httpApiUrl).not.toContain(`:${port + 1}`);
  expect((await fetch(`${second.httpApiUrl}/nowhere`, { method: 'POST' })).status).toBe(404);
  await second.stop();
  taken.close();
});
