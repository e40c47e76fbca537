import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { apiOf } from '../../../operate/cli/api.ts';

let server: Server | undefined;
afterEach(() => server?.close());

type Answer = readonly [status: number, text: string, headers?: Readonly<Record<string, string>>];

/** A server that gives these answers in turn, and what it was asked with. */
const answering = async (answers: readonly Answer[]): Promise<{ readonly url: string; readonly tokens: string[] }> => {
  const tokens: string[] = [];
  server = createServer((request, response) => {
    const [status, text, headers] = answers[tokens.length] ?? [500, ''];
    tokens.push(request.headers.authorization ?? '');
    response.writeHead(status, headers).end(text);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens };
};

test('a token is renewed once, and what is repeated after that for its rate uses the renewed one', async () => {
  const { url, tokens } = await answering([
    [401, '{}'],
    [429, '{}', { 'retry-after': '0' }],
    [429, '{}', { 'retry-after': '0' }],
    [200, '{"items":[]}'],
  ]);
  let renewals = 0;
  const api = apiOf(
    url,
    async (isRetry) => {
      if (isRetry) renewals++;
      return `Bearer ${renewals}`;
    },
    { renews: true },
  );
  expect(await api.call('GET', '/api/monitoring/alerts')).toEqual({ items: [] });
  expect(tokens).toEqual(['Bearer 0', 'Bearer 1', 'Bearer 1', 'Bearer 1']);
});

test('an answer that is no JSON, such as a page to sign in at, is explained in a sentence', async () => {
  const { url } = await answering([[200, '<!doctype html><title>Sign in</title>']]);
  const api = apiOf(url, async () => undefined);
  await expect(api.call('GET', '/api/monitoring/alerts')).rejects.toMatchObject({
    name: 'CommandError',
    message: expect.stringContaining('is no JSON'),
    todo: expect.stringContaining('--url'),
  });
});

test('an answer without a body is nothing', async () => {
  const { url } = await answering([[204, '']]);
  expect(await apiOf(url, async () => undefined).call('DELETE', '/api/monitoring/silences/x')).toBeUndefined();
});
