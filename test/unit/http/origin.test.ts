import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import type { Routes } from '../../../shared/http/route.ts';

vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
});
const { http } = await import('../../../shared/http/handler.ts');
const { originFinder } = await import('../../../shared/http/origin.ts');
const { sha256 } = await import('../../../shared/kernel/ids.ts');

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

const ipOf = (headers: Readonly<Record<string, string>>, hashes: readonly string[] = [sha256(KEY)]): string =>
  originFinder(() => hashes)(eventOf(headers), (name) => headers[name]).ip;

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
  ])('%s', (_, headers, ip) => expect(ipOf(headers)).toBe(ip));

  test('is that of the gateway where there is no edge, also for an empty key', () => {
    expect(ipOf(PROVEN, [])).toBe(CLOUDFRONT);
    expect(ipOf({ ...PROVEN, 'tocsin-edge-key': '' }, [''])).toBe(CLOUDFRONT);
  });

  test('is known by each of two keys while CloudFront changes from one to the other, and by no third', () => {
    const hashes = [sha256('the next key'), sha256(KEY)];
    expect(ipOf(PROVEN, hashes)).toBe(CLIENT);
    expect(ipOf({ ...PROVEN, 'tocsin-edge-key': 'the next key' }, hashes)).toBe(CLIENT);
    expect(ipOf({ ...PROVEN, 'tocsin-edge-key': 'a third key' }, hashes)).toBe(CLOUDFRONT);
    // The hash is in the configuration of functions, and is no key.
    expect(ipOf({ ...PROVEN, 'tocsin-edge-key': sha256(KEY) }, hashes)).toBe(CLOUDFRONT);
  });
});

test('every route knows it by the hash of the key in its configuration', async () => {
  vi.stubEnv('EDGE_KEY_HASHES', sha256(KEY));
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
  vi.unstubAllEnvs();
});
