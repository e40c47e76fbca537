import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { apiOf } from '../../../operate/cli/api.ts';

const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));

/** A caller of a server that answers one request after the other, and the keys that it got. */
const served = async (...answers: RequestListener[]) => {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    (answers[keys.length - 1] ?? done)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const { port } = server.address() as AddressInfo;
  return { keys, api: apiOf(`http://127.0.0.1:${port}`, async () => 'Bearer token') };
};
const done: RequestListener = (_, response) => response.end('{"id":"1"}');
const refuses =
  (status: number, code: string): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'retry-after': '0' }).end(JSON.stringify({ code, detail: 'Later.' }));
const breaks: RequestListener = (request) => request.socket.destroy();

test.each([
  ['got no answer', breaks],
  ['met a store that is away', refuses(503, 'store.unavailable')],
  ['met the first one under way', refuses(409, 'idempotency.in_progress')],
  ['met a limit', refuses(429, 'throttled')],
])('a POST that %s is sent again with its key', async (_, answer) => {
  const { keys, api } = await served(answer);
  expect(await api.call('POST', '/api/services', { name: 'a' })).toEqual({ id: '1' });
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[\w-]{32}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('another POST has another key, and a GET has none', async () => {
  const { keys, api } = await served();
  await api.call('POST', '/api/services', { name: 'a' });
  await api.call('POST', '/api/services', { name: 'a' });
  await api.call('GET', '/api/services');
  expect(keys[1]).not.toBe(keys[0]);
  expect(keys[2]).toBeUndefined();
});

test.each(['PUT', 'PATCH', 'DELETE'])('a %s that got no answer is not sent again', async (method) => {
  const { keys, api } = await served(breaks);
  await expect(api.call(method, '/api/services/1', {})).rejects.toThrow('does not answer');
  expect(keys).toHaveLength(1);
});

test('a login that got no answer is not sent again', async () => {
  const { keys, api } = await served(breaks);
  await expect(api.call('POST', '/api/auth/login', {})).rejects.toThrow('does not answer');
  expect(keys).toHaveLength(1);
});
