import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Fields, Value } from '../../../operate/cli/configuration/value.ts';
import { isFields } from '../../../operate/cli/configuration/value.ts';
import type { Console } from '../../../operate/cli/console.ts';
import { listIn, readExport, type Export } from '../../../operate/cli/import/export-file.ts';
import { collect } from '../../../operate/cli/import/old-api.ts';
import type { Vendor } from '../../../operate/cli/import/old-system.ts';
import { readOld } from '../../../operate/cli/import/readers.ts';
import { repository } from '../../support/tools/paths.ts';

type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
type Handle = (url: URL, request: IncomingMessage, body: string) => Answer;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const serve = async (handle: Handle): Promise<{ readonly address: string; readonly asked: string[] }> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      asked.push(`${request.method} ${url.pathname}`);
      const { status = 200, headers = {}, body } = handle(url, request, text);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  server.unref();
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

const io = (env: Readonly<Record<string, string>>): Console => ({
  out: () => {},
  err: () => {},
  env,
  isColoured: false,
  now: () => new Date('2026-11-30T23:00:00Z'),
  ask: () => Promise.resolve(undefined),
});
const KEYS = { OPSGENIE_API_KEY: 'og', PAGERDUTY_TOKEN: 'pd', ONCALL_API_TOKEN: 'oc', GOALERT_TOKEN: 'ga' };

const fixture = (vendor: Vendor): Export => {
  const directory = join(repository, 'test/fixtures/moving', vendor);
  return readExport(vendor === 'opsgenie' ? directory : join(directory, 'export.json'));
};

const one = (items: readonly Fields[], id: string | undefined): Fields | undefined =>
  items.find((each) => each['id'] === id);
const below = (value: Value | undefined, id: string): Value | undefined => (isFields(value) ? value[id] : undefined);

describe('an API gives what an export of the same system has', () => {
  test('of Opsgenie: page by page, with the key, and after a refusal for its rate', async () => {
    const has = fixture('opsgenie');
    let refused = 0;
    const { address, asked } = await serve((url, request) => {
      expect(request.headers.authorization).toBe('GenieKey og');
      if (url.pathname === '/v2/users') {
        const all = listIn(has['users']);
        const offset = Number(url.searchParams.get('offset') ?? 0);
        const next = offset + 2 < all.length ? `${address}/v2/users?offset=${offset + 2}` : undefined;
        return { body: { data: all.slice(offset, offset + 2), paging: { next } } };
      }
      if (url.pathname === '/v2/escalations' && refused++ === 0)
        return { status: 429, headers: { 'retry-after': '0' } };
      const [, , kind = '', id = '', of] = url.pathname.split('/');
      if (of === 'overrides') return { body: below(has['overrides'], id) ?? { data: [] } };
      if (of === 'routing-rules') return { body: below(has['routingRules'], id) ?? { data: [] } };
      if (id !== '') return { body: { data: one(listIn(has[kind], 'heartbeats'), id) } };
      return { body: kind === 'heartbeats' ? has['heartbeats'] : { data: listIn(has[kind]) } };
    });
    const found = await collect(io(KEYS), 'opsgenie', address);
    expect(readOld('opsgenie', found, {})).toEqual(readOld('opsgenie', has, {}));
    expect(asked.filter((each) => each === 'GET /v2/users')).toHaveLength(3);
    expect(refused).toBe(2);
  });

  test('of PagerDuty: by offset while there is more', async () => {
    const has = fixture('pagerduty');
    const { address } = await serve((url, request) => {
      expect(request.headers.authorization).toBe('Token token=pd');
      const [, kind = '', id = '', of] = url.pathname.split('/');
      if (of !== undefined) return { body: below(has[of === 'members' ? 'members' : of], id) ?? { [of]: [] } };
      if (id !== '') return { body: { schedule: one(listIn(has['schedules']), id) } };
      const all = listIn(has[kind], kind);
      const offset = Number(url.searchParams.get('offset') ?? 0);
      return { body: { [kind]: all.slice(offset, offset + 2), offset, limit: 2, more: offset + 2 < all.length } };
    });
    expect(readOld('pagerduty', await collect(io(KEYS), 'pagerduty', address), {})).toEqual(
      readOld('pagerduty', has, {}),
    );
  });

  test('of Grafana OnCall: by the address of the next page', async () => {
    const has = fixture('oncall');
    const { address } = await serve((url, request) => {
      expect(request.headers.authorization).toBe('oc');
      const [, , , kind = '', , of] = url.pathname.split('/');
      if (of === 'final_shifts') return { body: { results: [] } };
      const all = listIn(has[kind]);
      const page = Number(url.searchParams.get('page') ?? 1);
      const next = page * 2 < all.length ? `${address}/api/v1/${kind}/?page=${page + 1}` : null;
      return { body: { count: all.length, next, results: all.slice(page * 2 - 2, page * 2) } };
    });
    expect(readOld('oncall', await collect(io(KEYS), 'oncall', address), {})).toEqual(readOld('oncall', has, {}));
  });

  test('of GoAlert: by cursor', async () => {
    const has = fixture('goalert');
    const { address } = await serve((_url, request, body) => {
      expect(request.headers.authorization).toBe('Bearer ga');
      const { query } = JSON.parse(body) as { readonly query: string };
      const [, kind = ''] = /^\{ (\w+)/.exec(query) ?? [];
      const offset = Number(/after: "(\d+)"/.exec(query)?.[1] ?? 0);
      const all = listIn(has[kind]);
      const pageInfo = { endCursor: String(offset + 1), hasNextPage: offset + 1 < all.length };
      return { body: { data: { [kind]: { nodes: all.slice(offset, offset + 1), pageInfo } } } };
    });
    expect(readOld('goalert', await collect(io(KEYS), 'goalert', address), {})).toEqual(readOld('goalert', has, {}));
  });
});

test('a query that GoAlert refuses ends the import, and is not taken for an empty list', async () => {
  const { address } = await serve(() => ({ body: { data: null, errors: [{ message: 'no such field' }] } }));
  await expect(collect(io(KEYS), 'goalert', address)).rejects.toThrow('GoAlert refuses users');
});

describe('the key of the old system reaches no other host', () => {
  test('a next page elsewhere is not asked', async () => {
    const other = await serve(() => ({ body: { data: [] } }));
    const { address } = await serve(() => ({ body: { data: [], paging: { next: `${other.address}/v2/users` } } }));
    await expect(collect(io(KEYS), 'opsgenie', address)).rejects.toThrow('names a next page at');
    expect(other.asked).toEqual([]);
  });

  test('a redirect is not followed', async () => {
    const other = await serve(() => ({ body: { data: [] } }));
    const { address } = await serve(() => ({ status: 302, headers: { location: `${other.address}/` } }));
    await expect(collect(io(KEYS), 'opsgenie', address)).rejects.toThrow('does not answer');
    expect(other.asked).toEqual([]);
  });

  test('an address that is not encrypted, and a key that is missing or refused, end with what to do', async () => {
    await expect(collect(io(KEYS), 'opsgenie', 'http://api.opsgenie.example')).rejects.toThrow('not encrypted');
    await expect(collect(io({}), 'goalert', 'https://goalert.example.com')).rejects.toThrow('GOALERT_TOKEN');
    const { address } = await serve(() => ({ status: 403, body: { message: 'no' } }));
    await expect(collect(io(KEYS), 'pagerduty', address)).rejects.toMatchObject({ code: 3 });
  });
});
