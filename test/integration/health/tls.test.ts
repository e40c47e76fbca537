import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ONLY_HTTP2 } from '../../../functions/health/monitors/fetched.ts';
import { Check } from '../../../functions/health/monitors/monitor.ts';
import { runCheck } from '../../../functions/health/monitors/run-check.ts';
import { rangesIn } from '../../../shared/http/address.ts';

interface Pair {
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;
const NOW = new Date();

/** A certificate of so many days, signed by itself or by another. */
const certificate = async (name: string, days: number, by?: Pair, options: { isCa?: boolean } = {}): Promise<Pair> => {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(NOW.getTime() - DAY_MS),
    notAfterDate: new Date(NOW.getTime() + (days + 0.5) * DAY_MS),
    extensions: options.isCa
      ? [{ name: 'basicConstraints', cA: true, critical: true }]
      : [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    ...(by && { ca: by }),
  });
  return { key: made.private, cert: made.cert };
};

const servers: { close(): unknown }[] = [];
const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
};
const serving = (options: ServerOptions, location?: string): Promise<number> =>
  listening(
    createServer(options, (_request, response) => {
      response.writeHead(location ? 302 : 200, { connection: 'close', ...(location && { location }) }).end('ok');
    }) as unknown as Server,
  );

const before = tls.getCACertificates('default');
let root: Pair;
beforeAll(async () => {
  root = await certificate('Test Root', 3_650, undefined, { isCa: true });
  tls.setDefaultCACertificates([...before, root.cert]);
});
afterAll(() => {
  tls.setDefaultCACertificates(before);
  for (const server of servers) server.close();
});

const checked = (check: object) =>
  runCheck(
    { id: 'mon_1', service: null, timeoutMs: 10_000, check: Check.parse(check) },
    {
      allowed: rangesIn('127.0.0.0/8,::1/128'),
      cloudWatch: () => expect.unreachable(),
      ownAlarms: 'none',
      evaluator: () => () => expect.unreachable(),
    },
    NOW,
    Infinity,
  );
const http = (port: number, minTlsDays = 14) =>
  checked({ type: 'http', url: `https://localhost:${port}/`, minTlsDays });
const handshake = (port: number, minDays = 14) => checked({ type: 'tls', host: 'localhost', port, minDays });

describe('a chain of certificates', () => {
  it('is down by its intermediate that ends before the leaf, which is named', async () => {
    const inter = await certificate('Test Intermediate', 5, root, { isCa: true });
    const leaf = await certificate('localhost', 300, inter);
    const port = await serving({ key: leaf.key, cert: `${leaf.cert}\n${inter.cert}` });
    const reason =
      'the intermediate certificate "Test Intermediate" of localhost is good for 5 days more, less than 14';
    expect(await http(port)).toMatchObject({ ok: false, reason });
    expect(await handshake(port)).toMatchObject({ ok: false, reason });
    expect(await http(port, 4)).toMatchObject({ ok: true });
    expect(await handshake(port, 4)).toMatchObject({
      ok: true,
      reason: 'the intermediate certificate "Test Intermediate" of localhost is the first to end, in 5 days',
    });
  });

  it('is down by its leaf', async () => {
    const leaf = await certificate('localhost', 5, root);
    const port = await serving(leaf);
    const reason = 'the certificate of localhost is good for 5 days more, less than 14';
    expect(await http(port)).toMatchObject({ ok: false, reason });
    expect(await handshake(port)).toMatchObject({ ok: false, reason });
  });

  it('does not count what a server sends behind a certificate that a trusted root has signed', async () => {
    const old = await certificate('Old Root', 3_650, undefined, { isCa: true });
    const leaf = await certificate('localhost', 300, root);
    // As a cross-signed certificate of the root that is about to end, which clients that trust the root do not use.
    const crossed = await generate([{ name: 'commonName', value: 'Test Root' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notAfterDate: new Date(NOW.getTime() + 3 * DAY_MS),
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
      ca: old,
    });
    const port = await serving({ key: leaf.key, cert: `${leaf.cert}\n${crossed.cert}` });
    expect(await http(port)).toMatchObject({ ok: true });
    expect(await handshake(port)).toMatchObject({ ok: true });
  });

  it('counts at each redirect, also where the next is plain http', async () => {
    const leaf = await certificate('localhost', 5, root);
    const plain = await listening(createHttpServer((_request, response) => void response.end('ok')));
    const port = await serving(leaf, `http://127.0.0.1:${plain}/`);
    expect(await http(port)).toMatchObject({
      ok: false,
      reason: 'the certificate of localhost is good for 5 days more, less than 14',
    });
  });
});

describe('a server that speaks HTTP/2 only', () => {
  it('is named in the reason, where the server refuses HTTP/1.1', async () => {
    const leaf = await certificate('localhost', 300, root);
    const only = createSecureServer({ ...leaf, allowHTTP1: false }, (_request, response) => void response.end('ok'));
    const port = await listening(only as unknown as Server);
    expect(await http(port)).toMatchObject({ ok: false, reason: ONLY_HTTP2 });
  });

  it('is named in the reason, where the server answers in it without TLS', async () => {
    const port = await listening(createHttp2Server() as unknown as Server);
    expect(await checked({ type: 'http', url: `http://127.0.0.1:${port}/` })).toMatchObject({
      ok: false,
      reason: ONLY_HTTP2,
    });
  });

  it('is not told of one that answers 403 over HTTP/1.1 as well', async () => {
    const leaf = await certificate('localhost', 300, root);
    const both = createSecureServer({ ...leaf, allowHTTP1: true }, (_request, response) => {
      response.writeHead(403).end('no');
    });
    const port = await listening(both as unknown as Server);
    expect(await http(port)).toMatchObject({ ok: false, reason: 'it answers 403, not 200-299' });
  });
});
