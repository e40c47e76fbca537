import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAssembly } from '../../../local/emulator/assembly.ts';
import { movableClock, type MovableClock } from '../../../local/emulator/clock.ts';
import { startGateway, type Gateway } from '../../../local/emulator/gateway/server.ts';
import { UsageKeys } from '../../../local/emulator/gateway/usage.ts';
import { startLambdas, type LocalLambdas } from '../../../local/emulator/lambda/lambdas.ts';
import { fixtureAssembly } from '../../support/fixture-assembly.ts';

let lambdas: LocalLambdas;
let clock: MovableClock;
let gateway: Gateway;
let usageKeys: UsageKeys;
let access: string[] = [];

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.url + path, { headers });
const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(gateway.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the event as the function saw it
const eventOf = async (response: Response): Promise<any> => ((await response.json()) as { event: unknown }).event;

beforeAll(async () => {
  const assembly = readAssembly(await fixtureAssembly(), 'test');
  clock = movableClock();
  lambdas = startLambdas({ assembly, clock, onOutput: () => undefined });
  lambdas.configure({});
  usageKeys = new UsageKeys({ assembly, clock });
  gateway = await startGateway({
    assembly,
    lambdas,
    clock,
    usageKeys,
    port: 0,
    log: (source, message) => source === 'access' && access.push(message),
    localRoutes: (method, path) =>
      Promise.resolve(path === '/_local/ping' ? { status: 200, headers: {}, body: method } : undefined),
  });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  clock.stop();
  await lambdas.stop();
});

beforeEach(() => {
  access = [];
});

test('an answer has the time of the run, whose clock can be moved', async () => {
  await clock.advance(3_600_000);
  const { headers } = await get('/files/a');
  expect(Math.abs(Date.parse(headers.get('date') ?? '') - clock.now())).toBeLessThan(5_000);
});

describe('the event of a Lambda proxy integration', () => {
  test('carries what a REST API sends', async () => {
    const event = await eventOf(
      await post('/files/a/b%2Fc?x=1&x=2&y=%C3%BC&constructor=z', '{"a":1}', {
        'X-Custom': 'v',
        'x-forwarded-for': '10.0.0.1',
      }),
    );
    expect(event).toMatchObject({
      resource: '/files/{proxy+}',
      path: '/files/a/b%2Fc',
      httpMethod: 'POST',
      queryStringParameters: { x: '2', y: 'ü', constructor: 'z' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['ü'], constructor: ['z'] },
      pathParameters: { proxy: 'a/b%2Fc' },
      stageVariables: null,
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        resourcePath: '/files/{proxy+}',
        httpMethod: 'POST',
        path: '/files/a/b%2Fc',
        protocol: 'HTTP/1.1',
        stage: 'live',
        accountId: '000000000000',
        domainName: gateway.url.replace('http://', ''),
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    expect(event.requestContext.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(event.headers['x-custom'] ?? event.headers['X-Custom']).toBe('v');
    expect(event.headers['x-forwarded-for']).toBe('10.0.0.1, 127.0.0.1');
  });

  test('has null for what the request does not have', async () => {
    const event = await eventOf(await get('/'));
    expect(event).toMatchObject({
      resource: '/',
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
    });
    expect(event.requestContext.authorizer).toBeUndefined();
  });

  test('carries a body of a binary media type in Base64', async () => {
    const response = await fetch(`${gateway.url}/files/x`, {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array([0, 255]),
    });
    expect(await eventOf(response)).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });
});

describe('a route', () => {
  test('with a fixed part wins over a placeholder, and that over a greedy one', async () => {
    expect((await eventOf(await get('/things/fixed'))).resource).toBe('/things/fixed');
    const byId = await get('/things/a%20b', { authorization: 'Bearer someone' });
    expect((await eventOf(byId)).pathParameters).toEqual({ id: 'a%20b' });
  });

  test('that does not exist is 403, a method that does not exist too', async () => {
    for (const path of ['/nowhere', '/files', '/secret/deeper']) {
      const response = await get(path);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: 'MISSING_AUTHENTICATION_TOKEN' });
    }
    expect((await post('/secret', '{}')).status).toBe(403);
  });

  test('appears in the access log by its pattern, since a path may carry a key', async () => {
    await get('/things/very-secret-key', { authorization: 'Bearer someone' });
    expect(access[0]).toMatch(/^GET \/things\/\{id\} 200 /);
    expect(access.join()).not.toContain('very-secret-key');
  });

  test('below /_local is not part of the API', async () => {
    expect(await (await get('/_local/ping')).text()).toBe('GET');
    expect((await get('/_local/other')).status).toBe(404);
  });

  test('answers a preflight without a function', async () => {
    const response = await fetch(`${gateway.url}/things`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://console.example');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST');
  });
});

describe('the answer of a function', () => {
  test('is passed on with several values of a header, and with protected headers renamed', async () => {
    const response = await get('/?mode=cookies');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-amzn-remapped-www-authenticate')).toBe('x');
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test('is decoded from Base64 for a binary media type', async () => {
    const bytes = await (await get('/?mode=binary')).bytes();
    expect([...bytes]).toEqual([1, 2, 3]);
  });

  test.each([
    ['that threw', 'throw'],
    ['that is malformed', 'malformed'],
  ])('%s is 502 and tells nothing', async (_title, mode) => {
    const response = await get(`/?mode=${mode}`);
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ message: 'Internal server error' });
  });

  test('that comes too late is 504', async () => {
    const response = await get('/slow?mode=slow');
    expect(response.status).toBe(504);
    expect(await response.json()).toEqual({ message: 'Endpoint request timed out' });
  });
});

describe('an authorizer', () => {
  test('gives its context to the function, every value as a string', async () => {
    const event = await eventOf(await get('/things/1', { authorization: 'Bearer context' }));
    expect(event.requestContext.authorizer).toMatchObject({ principalId: 'context', admin: 'true', name: 'n' });
    expect(typeof event.requestContext.authorizer.calls).toBe('string');
  });

  test('is not asked without a token or with one of a wrong form: 401', async () => {
    expect((await get('/things/1')).status).toBe(401);
    const response = await get('/things/1', { authorization: 'Basic x' });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED', title: 'Unauthorized' });
  });

  test.each([
    ['throws Unauthorized', 'unauthorized', 401],
    ['fails', 'broken', 500],
    ['answers without a policy', 'nonsense', 500],
  ])('that %s', async (_title, token, status) => {
    const response = await get('/things/1', { authorization: `Bearer ${token}` });
    expect(response.status).toBe(status);
  });

  test('that does not allow the method, or denies it although it allows it elsewhere, is 403', async () => {
    const denied = await get('/secret', { authorization: 'Bearer reader' });
    expect(denied.status).toBe(403);
    expect(((await denied.json()) as { title: string }).title).toContain('explicit deny');
    expect((await get('/things/1', { authorization: 'Bearer reader' })).status).toBe(200);
  });

  test('is asked once for its time to live, by the moved clock', async () => {
    const calls = async (): Promise<string> =>
      (await eventOf(await get('/things/1', { authorization: 'Bearer cached' }))).requestContext.authorizer.calls;
    const first = await calls();
    expect(await calls()).toBe(first);
    await clock.advance(59_000);
    expect(await calls()).toBe(first);
    await clock.advance(2_000);
    expect(await calls()).not.toBe(first);
  });
});

describe('a method that asks for an API key', () => {
  const limited = (token: string): Promise<Response> => get('/limited', { authorization: `Bearer ${token}` });

  test.each(['unknown', 'stray'])('refuses a key that is %s to its usage plan: 403', async (token) => {
    const response = await limited(token);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'INVALID_API_KEY' });
  });

  test('throttles each key by its plan, refills by the moved clock and ends at the quota', async () => {
    const outcomes = [];
    for (let round = 0; round < 3; round += 1) outcomes.push((await limited('member')).status);
    expect(outcomes).toEqual([200, 200, 429]);
    await clock.advance(2_000);
    expect([(await limited('member')).status, (await limited('member')).status]).toEqual([200, 200]);
    await clock.advance(2_000);
    const over = await limited('member');
    expect(over.status).toBe(429);
    expect(await over.json()).toMatchObject({ code: 'QUOTA_EXCEEDED', title: 'Limit Exceeded' });
    await clock.advance(24 * 60 * 60 * 1000);
    expect((await limited('member')).status).toBe(200);
  });

  test('knows a key from the moment of its making until it is disabled or deleted', async () => {
    const [plan] = usageKeys.listPlans();
    const key = usageKeys.createKey({ name: 'late', value: 'latecomer-usage-key-0123456789', enabled: true });
    expect((await limited('latecomer')).status).toBe(403);
    usageKeys.addToPlan(plan?.id ?? '', key.id);
    const response = await limited('latecomer');
    expect(response.status).toBe(200);
    expect((await eventOf(response)).requestContext.identity).toMatchObject({ apiKey: key.value, apiKeyId: key.id });
    usageKeys.updateKey(key.id, { enabled: false });
    expect((await limited('latecomer')).status).toBe(403);
    usageKeys.deleteKey(key.id);
    expect((await limited('latecomer')).status).toBe(403);
  });
});

test('a method of the stage is throttled for all callers together', async () => {
  await clock.advance(10_000);
  const statuses = await Promise.all([get('/slow'), get('/slow'), get('/slow')]);
  expect(statuses.map((each) => each.status).sort()).toEqual([200, 200, 429]);
});

describe('a request validator', () => {
  test('refuses a body that does not fit the model, with the status and the template of the API', async () => {
    const response = await post('/things', '{"title":"","more":1}');
    expect(response.status).toBe(422);
    const answer = (await response.json()) as { message: string; detail: string };
    expect(answer.message).toBe('Invalid request body');
    expect(answer.detail).toContain('["more"]');
    expect((await post('/things', '{')).status).toBe(422);
    expect((await post('/things', '')).status).toBe(422);
  });

  test('lets a body pass that fits, and one of a content type without a model', async () => {
    expect((await post('/things', '{"title":"a"}')).status).toBe(200);
    expect((await post('/things', 'x', { 'content-type': 'text/plain' })).status).toBe(200);
  });

  test('asks for required parameters', async () => {
    const response = await get('/things');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const answer = (await response.json()) as Record<string, string>;
    expect(answer).toMatchObject({ title: 'Missing required request parameters: [q]', instance: '/things' });
    expect(answer['requestId']).toBe(response.headers.get('x-amzn-requestid'));
    expect(response.headers.get('x-request')).toBe(answer['requestId']);
    expect((await get('/things?q=1')).status).toBe(200);
  });
});

describe('a body that is too large', () => {
  test.each([
    ['for the gateway', 10 * 1024 * 1024 + 1],
    ['for a function', 6 * 1024 * 1024],
  ])('%s is 413', async (_title, size) => {
    const response = await post('/files/large', 'x'.repeat(size));
    expect(response.status).toBe(413);
  });
});

test('a request of names that JavaScript knows is a request like any other', async () => {
  const status = await new Promise((resolve, reject) => {
    const url = `${gateway.url}/?__proto__=1&toString=2`;
    httpRequest(url, { headers: { __proto__: null, constructor: 'x', valueOf: 'y' } as never }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
});
