import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseBody, parseQuery, textOf } from '../../../shared/http/request.ts';
import type { Route } from '../../../shared/http/route.ts';
import { Problem } from '../../../shared/kernel/errors.ts';

const route: Route = {
  method: 'POST',
  path: '/api/things',
  summary: 'Make a thing',
  permission: 'any',
  maxBodyBytes: 64,
  body: z.strictObject({ title: z.string(), count: z.number().optional() }),
  query: z.strictObject({ limit: z.string().optional() }),
  success: { status: 200, description: 'Made' },
};

const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('accepted');
};
const body = (text: string | null, type: string | undefined = 'application/json', isBase64Encoded = false) =>
  parseBody(route, { body: text, isBase64Encoded }, type);

test.each([
  ['no body', null, 'application/json', 'body.missing'],
  ['blank body', '  ', 'application/json', 'body.missing'],
  ['another content type', '{"title":"a"}', 'text/plain', 'body.unsupported_media_type'],
  ['too large a body', `{"title":"${'a'.repeat(64)}"}`, 'application/json', 'body.too_large'],
  ['too many bytes in few characters', `{"title":"${'é'.repeat(30)}"}`, 'application/json', 'body.too_large'],
  ['broken JSON', '{"title"', 'application/json', 'body.malformed'],
  ['a key twice', '{"title":"a","title":"b"}', 'application/json', 'body.duplicate_key'],
])('%s has its own refusal', (_, text, type, code) => {
  expect(problemOf(() => body(text, type)).code).toBe(code);
});

test('bytes that are not UTF-8 are refused as such', () => {
  const bytes = Buffer.from([0x22, 0xff, 0x22]).toString('base64');
  expect(problemOf(() => body(bytes, 'application/json', true)).code).toBe('body.encoding');
});

test('a compatible surface takes them as U+FFFD: an alarm with a wrong character still counts', () => {
  const bytes = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]);
  const raw = { body: bytes.toString('base64'), isBase64Encoded: true };
  expect(parseBody({ ...route, tolerant: true }, raw, undefined)).toEqual({ title: '\ufffd\ufffd' });
});

test.each(['iso-8859-1', 'utf-16', '"utf-7"'])('the charset %s is refused, since JSON is UTF-8', (charset) => {
  const problem = problemOf(() => body('{"title":"a"}', `application/json; charset=${charset}`));
  expect([problem.kind, problem.code]).toEqual(['unsupported_media_type', 'body.unsupported_media_type']);
});

test('each field that is wrong, missing or unknown is named by a pointer', () => {
  const problem = problemOf(() => body('{"count":"2","a/b":1}'));
  expect(problem.code).toBe('body.invalid');
  expect(problem.extras.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/a~1b', '/count', '/title']);
});

test('JSON is taken under every spelling of its content type', () => {
  for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/cloudevents+json']) {
    expect(body('{"title":"a"}', type)).toEqual({ title: 'a' });
  }
});

test('a query parameter that is unknown or repeated is refused by name', () => {
  const unknown = problemOf(() => parseQuery(route, { page: ['2'] }));
  const repeated = problemOf(() => parseQuery(route, { limit: ['1', '2'] }));
  expect([unknown.code, unknown.extras.errors?.[0]?.pointer]).toEqual(['query.invalid', 'query/page']);
  expect([repeated.code, repeated.extras.errors?.[0]?.pointer]).toEqual(['query.invalid', 'query/limit']);
});

test('a route that cuts its text refuses neither length nor encoding', () => {
  const cutting: Route = { ...route, textBody: 'cut' };
  const text = (bytes: Buffer) => textOf(cutting, { body: bytes.toString('base64'), isBase64Encoded: true });
  expect(textOf(cutting, { body: 'é'.repeat(1_000), isBase64Encoded: false })).toBe('é'.repeat(32));
  expect(text(Buffer.alloc(150_000, 'x'))).toBe('x'.repeat(64));
  expect(text(Buffer.from([0x61, 0xff, 0xc0, 0xaf]))).toBe('a\ufffd\ufffd\ufffd');
  expect(textOf(cutting, { body: null, isBase64Encoded: false })).toBe('');
});
