import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { expect, test, vi } from 'vitest';
import { conflict, notFound, tooMany } from '../../../shared/kernel/errors.ts';
import { pathParam } from '../../../shared/http/path.ts';
import type { Routes } from '../../../shared/http/route.ts';

vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
});
const { http } = await import('../../../shared/http/handler.ts');

const success = { status: 200, description: 'Done' } as const;
const routes = {
  read: { method: 'GET', path: '/api/read', summary: 'Read', permission: 'monitoring.read', success },
  change: { method: 'POST', path: '/api/change', summary: 'Change', permission: 'any', whileRestricted: true, success },
  fail: { method: 'GET', path: '/api/fail', summary: 'Fail', permission: 'public', success },
  refuse: { method: 'GET', path: '/api/refuse', summary: 'Refuse', permission: 'public', success },
  lean: { method: 'GET', path: '/api/lean', summary: 'Lean on a service', permission: 'public', success },
  expire: {
    method: 'DELETE',
    path: '/vendor/silence/{id}',
    vendorRoot: '/vendor',
    params: { id: pathParam(/^[a-z_]{1,12}$/, () => notFound('silence.not_found', 'There is no such silence.')) },
    summary: 'Expire a silence',
    permission: 'public',
    refusal: ({ status, code }) => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: { vendor: code },
    }),
    success,
  },
  update: { method: 'PATCH', path: '/api/read', summary: 'Update', permission: 'monitoring.write', success },
  wait: {
    method: 'GET',
    path: '/api/in/{key}',
    params: { key: pathParam(/^[a-z_]{1,12}$/, () => notFound('tok.unknown', 'There is no such token.')) },
    summary: 'Wait',
    permission: 'public',
    success,
  },
} as const satisfies Routes;

const entry = http(
  routes,
  {
    read: async () => ({ items: [] }),
    change: async () => ({ changed: true }),
    fail: async () => {
      throw new Error('the password is swordfish');
    },
    refuse: async () => {
      throw conflict('alert.resolved', 'It is resolved.', { cause: new Error('swordfish') });
    },
    lean: async () => {
      throw Object.assign(new Error('swordfish'), { name: 'ProvisionedThroughputExceededException' });
    },
    expire: async () => ({ expired: true }),
    update: async () => ({ updated: true }),
    wait: async () => {
      throw tooMany('too.many', 'Wait.', { retryAfterSeconds: 1.2 });
    },
  },
  { keys: () => expect.fail('no request has a key') },
);

const person = { kind: 'user', id: 'usr_1', permissions: 'monitoring.read', tier: 'standard', restricted: 'false' };
const call = async (
  method: string,
  resource: string,
  authorizer?: Record<string, string>,
  path = resource,
  pathParameters: Record<string, string> | null = null,
) => {
  const event = {
    httpMethod: method,
    resource,
    path,
    headers: {},
    pathParameters,
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: 'req-1', authorizer, identity: { sourceIp: '192.0.2.1', userAgent: 'test' } },
  } as unknown as APIGatewayProxyEvent;
  const { statusCode, headers, body } = await entry(event, {} as Context);
  return { status: statusCode, headers, text: body, body: JSON.parse(body) as Record<string, unknown> };
};

test('500: an unknown error, whose cause is nowhere in the answer', async () => {
  const { status, text, body } = await call('GET', '/api/fail');
  expect([status, body['code'], body['requestId']]).toEqual([500, 'internal', 'req-1']);
  expect(text).not.toMatch(/swordfish|Error|\bat /);
});

test('503: a service that refuses or cannot be reached, with the time of the next try and without its words', async () => {
  const { status, headers, text, body } = await call('GET', '/api/lean');
  expect([status, body['code'], headers?.['retry-after']]).toEqual([503, 'store.unavailable', '5']);
  expect(text).not.toMatch(/swordfish|Throughput/);
});

test('a refusal is a problem document of RFC 9457, without its cause', async () => {
  const { status, headers, text, body } = await call('GET', '/api/refuse');
  expect([status, headers?.['content-type']]).toEqual([409, 'application/problem+json']);
  expect(body).toMatchObject({ code: 'alert.resolved', instance: '/api/refuse', status: 409, requestId: 'req-1' });
  expect(body['type']).toMatch(/\/alert\.resolved$/);
  expect(text).not.toContain('swordfish');
});

test('401: no caller is authenticated', async () => {
  expect(await call('GET', '/api/read')).toMatchObject({ status: 401, body: { code: 'auth.required' } });
});

test('403: the permission is missing, whatever the gateway let through', async () => {
  const answer = await call('GET', '/api/read', { ...person, permissions: 'monitoring.write' });
  expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
});

test('403: a first password must be changed before anything else', async () => {
  const restricted = { ...person, restricted: 'true' };
  const answer = await call('GET', '/api/read', restricted);
  expect(answer).toMatchObject({ status: 403, body: { code: 'auth.password_change_required' } });
  expect(await call('POST', '/api/change', restricted)).toMatchObject({ status: 200, body: { changed: true } });
});

test('404: an unknown route', async () => {
  expect(await call('GET', '/api/none')).toMatchObject({ status: 404, body: { code: 'route.not_found' } });
});

test('405: another method on a path that has routes, with the methods that it accepts', async () => {
  const { status, headers, body } = await call('POST', '/api/read', person);
  expect([status, headers?.['allow'], body['code']]).toEqual([405, 'GET, PATCH', 'route.method_not_allowed']);
  expect(body['detail']).toBe('This path accepts GET, PATCH. Use one of these methods.');
});

test('405 and 404: the same below the greedy path of a vendor, in the form of the vendor', async () => {
  const below = (method: string, rest: string) =>
    call(method, '/vendor/{rest+}', undefined, `/vendor/${rest}`, { rest });
  expect(await below('DELETE', 'silence/one')).toMatchObject({ status: 200, body: { expired: true } });
  const answer = await below('GET', 'silence/one/');
  expect(answer).toMatchObject({ status: 405, body: { vendor: 'route.method_not_allowed' } });
  expect(answer.headers?.['allow']).toBe('DELETE');
  expect(await below('GET', 'nothing')).toMatchObject({ status: 404, body: { vendor: 'route.not_found' } });
});

test.each([
  ['is too long', 'x'.repeat(13)],
  ['has other characters', 'tok#swordfish'],
  ['is not percent-encoded correctly', '%zz'],
])('404: a parameter of the path that %s', async (_what, key) => {
  const answer = await call('GET', '/api/in/{key}', undefined, `/api/in/${key}`, { key });
  expect(answer).toMatchObject({ status: 404, body: { code: 'tok.unknown' } });
});

test('every answer has its request id and the limit of the caller, and is not cached', async () => {
  const { status, headers } = await call('GET', '/api/read', person);
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'x-request-id': 'req-1', 'cache-control': 'no-store' });
  expect(headers).toHaveProperty('ratelimit-policy');
});

test.each(['/api/read', '/api/fail'])(
  'an answer of %s lets no browser guess its type or come back without TLS',
  async (path) => {
    const { headers } = await call('GET', path, person);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8,}/) as unknown,
    });
  },
);

test('Retry-After has whole seconds, and the answer does not repeat a key of the path', async () => {
  const { status, headers, text } = await call('GET', '/api/in/{key}', undefined, '/api/in/tok_swordfis', {
    key: 'tok_swordfis',
  });
  expect([status, headers?.['retry-after']]).toEqual([429, '2']);
  expect(text).not.toContain('swordfish');
});
