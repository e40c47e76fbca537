import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { terminal } from '../../support/terminal.ts';

let close: (() => Promise<unknown>) | undefined;
afterEach(() => close?.());

const problem = (code: string) => ({ code, detail: code });

/** An installation whose people have a second factor, and which wants a proof before it lists alerts. */
const installation = async (): Promise<{
  readonly url: string;
  readonly sent: [path: string, body: unknown, token: string][];
}> => {
  const sent: [string, unknown, string][] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const body = text === '' ? undefined : (JSON.parse(text) as { readonly code?: string });
      const token = request.headers.authorization ?? '';
      sent.push([path, body, token]);
      const answer = (status: number, value: unknown): unknown =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (path === '/api/auth/login') {
        if (body?.code === undefined) return answer(401, problem('auth.code_required'));
        return answer(200, { accessToken: 'first', refreshToken: 'again', expiresIn: 900 });
      }
      if (path === '/api/auth/proof')
        return answer(200, { accessToken: 'proven', tokenType: 'Bearer', expiresIn: 900 });
      if (token !== 'Bearer proven') return answer(403, problem('auth.proof_required'));
      return answer(200, { items: [], next: null });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
};

test('a login asks for the code of a second factor, and a request that needs a proof asks for another', async () => {
  const { url, sent } = await installation();
  const person = terminal({ TOCSIN_PASSWORD: 'secret' }, { typed: [' 492039 ', '118204'] });
  expect(await person.tocsin('login', '--url', url, '--username', 'ana')).toMatchObject({ code: 0 });
  expect(sent.map(([path, body]) => [path, body])).toEqual([
    ['/api/auth/login', { username: 'ana', password: 'secret' }],
    ['/api/auth/login', { username: 'ana', password: 'secret', code: '492039' }],
  ]);
  expect(await person.tocsin('alerts')).toMatchObject({ code: 0, out: 'No alert matches.' });
  expect(sent.slice(2).map(([path, , token]) => [path, token])).toEqual([
    ['/api/monitoring/alerts', 'Bearer first'],
    ['/api/auth/proof', 'Bearer first'],
    ['/api/monitoring/alerts', 'Bearer proven'],
  ]);
  // What is proven once need not be proven by the next command.
  expect(JSON.parse(readFileSync(join(person.home, '.config/tocsin/session.json'), 'utf8'))).toMatchObject({
    accessToken: 'proven',
    refreshToken: 'again',
  });
});

test('where nobody can be asked for a code, it says what to do', async () => {
  const { url } = await installation();
  const program = terminal({ TOCSIN_PASSWORD: 'secret' });
  const refused = await program.tocsin('login', '--url', url, '--username', 'ana');
  expect(refused).toMatchObject({ code: 3, err: expect.stringContaining('TOCSIN_KEY') });
});
