import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import type { Routes } from '../../../shared/http/route.ts';

vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
});
const { http } = await import('../../../shared/http/handler.ts');
const { originFinder } = await import('../../../shared/http/origin.ts');

const KEY = 'edge'.repeat(12);
const CLOUDFRONT = '130.176.0.1';
const CLIENT = '203.0.113.9';
const NAMED = { 'tocsin-client-address': CLIENT };
const PROVEN = { ...NAMED, 'tocsin-edge-key': KEY };

const eventOf = (headers: Readonly<Record<string, string>>) =>
  ({
    httpMethod: 'GET',
    resource: '/api/where',
    path: '/api/where',
    headers,
    requestContext: { requestId: 'r1', identity: { sourceIp: CLOUDFRONT, userAgent: 'curl' } },
  }) as unknown as APIGatewayProxyEvent;

const ipOf = async (headers: Readonly<Record<string, string>>, readKey = async () => KEY): Promise<string> =>
  (await originFinder(readKey)(eventOf(headers), (name) => headers[name])).ip;

describe('the address of a client', () => {
  test.each([
    ['is the one that the edge names, with its key', PROVEN, CLIENT],
    ['may be one of IPv6', { ...PROVEN, 'tocsin-client-address': '2001:db8::7' }, '2001:db8::7'],
    ['is that of the gateway, where nothing is named', {}, CLOUDFRONT],
    ['is never one that a client names without the key', NAMED, CLOUDFRONT],
    ['is never one with a key that is guessed', { ...NAMED, 'tocsin-edge-key': 'guessed' }, CLOUDFRONT],
    ['is never one with an empty key', { ...NAMED, 'tocsin-edge-key': '' }, CLOUDFRONT],
    ['is an address', { ...PROVEN, 'tocsin-client-address': 'localhost, 10.0.0.1' }, CLOUDFRONT],
    ['does not come from X-Forwarded-For', { 'x-forwarded-for': `${CLIENT}, 198.51.100.1` }, CLOUDFRONT],
    [
      'comes from the edge, whatever X-Forwarded-For says',
      { ...PROVEN, 'x-forwarded-for': '198.51.100.1, 127.0.0.1', forwarded: 'for=198.51.100.1' },
      CLIENT,
    ],
  ])('%s', async (_, headers, ip) => expect(await ipOf(headers)).toBe(ip));

  test('is that of the gateway where the key cannot be read, or where there is no edge', async () => {
    expect(await ipOf(PROVEN, () => Promise.reject(new Error('no answer')))).toBe(CLOUDFRONT);
    expect(await ipOf({ ...PROVEN, 'tocsin-edge-key': '' }, async () => '')).toBe(CLOUDFRONT);
  });

  test('reads no key for a request that names no address', async () => {
    const readKey = vi.fn(async () => KEY);
    await ipOf({ 'tocsin-edge-key': KEY }, readKey);
    expect(readKey).not.toHaveBeenCalled();
  });
});

test('every route knows it: the key is read from its secret, once', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push((JSON.parse(body) as { readonly SecretId: string }).SecretId);
      response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify({ SecretString: KEY }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('EDGE_KEY_SECRET', 'arn:edge-key');
  const success = { status: 200, description: 'Done' } as const;
  const routes = {
    where: { method: 'GET', path: '/api/where', summary: 'Where', permission: 'public', success },
  } as const satisfies Routes;
  const entry = http(routes, { where: async ({ origin }) => ({ ip: origin.ip }) });
  const seen = async (headers: Readonly<Record<string, string>>): Promise<unknown> =>
    JSON.parse((await entry(eventOf(headers), {} as Context)).body);
  expect(await seen({ 'Tocsin-Client-Address': CLIENT, 'Tocsin-Edge-Key': KEY })).toEqual({ ip: CLIENT });
  expect(await seen(PROVEN)).toEqual({ ip: CLIENT });
  expect(await seen(NAMED)).toEqual({ ip: CLOUDFRONT });
  expect(asked).toEqual(['arn:edge-key']);
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
