import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { SURFACE, surface } from '../../../infra/surface.ts';
import type { Handlers, Routes } from '../../../shared/http/route.ts';

vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
});
const { http } = await import('../../../shared/http/handler.ts');

/** Names that the tables reserve, keys of other partitions, and texts that a path may smuggle in. */
const FOREIGN = [
  'SHARED',
  'RULES',
  'OPEN',
  'DUE',
  'CODES#2026-11-21',
  'GONE#con_01jd3v8m2k7q4xh2g8vq0p1m9d',
  'ALERT#alr_01jd3v8m2k7q4x3k5r7t1a2b3c4d5e6f7g8h9i',
  'con_01jd3v8m2k7q4xh2g8vq0p1m9d#x',
  'con_01jd3v8m2k7q4xh2g8vq0p1m9d\n',
  'XXX_01jd3v8m2k7q4xh2g8vq0p1m9d',
  'CON_01JD3V8M2K7Q4XH2G8VQ0P1M9D',
  'constructor#',
  '__proto__#',
  '#',
  ' ',
  '.',
  '..',
  '*',
  '%00',
  'a\u0000b',
  'a/b',
  'a\\b',
  '{"a":1}',
  'x\n{"id":"usr_1"}',
  'ä',
  '\u202e',
  'x'.repeat(129),
  'x'.repeat(3000),
] as const;

const names = (path: string): string[] => [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => name);
/** Of a greedy parameter clients choose the text: it is looked up by its hash, or as an id of one form. */
const withParams = surface().filter(({ path, greedy }) => names(path).length > 0 && greedy === undefined);
const ofClients = surface().filter(({ greedy }) => greedy !== undefined);

const reached = vi.fn(async () => undefined);
const entryOf = (routes: Routes) =>
  http(routes, Object.fromEntries(Object.keys(routes).map((key) => [key, reached])) as unknown as Handlers<Routes>);
const entries = Object.fromEntries(Object.entries(SURFACE).map(([name, routes]) => [name, entryOf(routes)]));

/** Asks the real handler for a route whose parameters all are `raw`, as they stand in the path. */
const ask = async ({ servedBy, method, path }: (typeof withParams)[number], raw: string) => {
  reached.mockClear();
  const event = {
    httpMethod: method,
    resource: path,
    path,
    headers: {},
    pathParameters: Object.fromEntries(names(path).map((name) => [name, raw])),
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
    requestContext: {
      requestId: 'req-1',
      authorizer: {
        kind: 'user',
        id: 'usr_ana',
        permissions: '*',
        restricted: 'false',
        provedAt: new Date().toISOString(),
      },
      identity: { sourceIp: '192.0.2.1' },
    },
  } as unknown as APIGatewayProxyEvent;
  const { statusCode } = (await entries[servedBy]?.(event, {} as Context)) ?? { statusCode: 0 };
  return { status: statusCode, reached: reached.mock.calls.length };
};

/** An unknown machine key is refused with 401, and an id that somebody chooses for a new thing with 400. */
const REFUSED = expect.toBeOneOf([400, 401, 404]) as number;

describe.each(withParams.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  test('says what each parameter is, anchored and bounded', () => {
    for (const name of names(route.path)) {
      const source = route.params?.[name]?.pattern.source ?? '';
      expect(source).toMatch(/^\^.*\$$/);
      expect(source).not.toMatch(/[*+]|,\}/);
    }
  });

  test('refuses another kind of id, and text that is not percent-encoded UTF-8, before its verb runs', async () => {
    for (const raw of [...FOREIGN.map(encodeURIComponent), '%', '%zz', '%c0%af', '%ed%a0%80', '%ff']) {
      expect({ raw, ...(await ask(route, raw)) }).toEqual({ raw, status: REFUSED, reached: 0 });
    }
  });
});

test('a parameter that reaches a verb never contains a separator of keys', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...withParams), fc.string({ unit: 'binary' }), async (route, text) => {
      const { status, reached: times } = await ask(route, encodeURIComponent(text.toWellFormed()));
      if (times === 0) expect(status).toEqual(REFUSED);
      else expect(text).toMatch(/^[\w.~-]{1,128}$/);
    }),
  );
});

describe.each(ofClients.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  test('bounds a text that clients choose, and refuses what is not percent-encoded UTF-8', async () => {
    for (const raw of ['%', '%zz', '%c0%af', '%ed%a0%80', '%ff', '%00', 'x'.repeat(3000)]) {
      expect({ raw, ...(await ask(route, raw)) }).toEqual({ raw, status: REFUSED, reached: 0 });
    }
  });
});
