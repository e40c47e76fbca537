import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { safeParse, type $ZodType } from 'zod/v4/core';
import { SURFACE } from '../../../infra/surface.ts';
import { Limit } from '../../../shared/http/list.ts';
import { parseBody, parseQuery } from '../../../shared/http/request.ts';
import type { Route } from '../../../shared/http/route.ts';
import { schemaMessage } from '../../../shared/http/schema-messages.ts';
import { Problem, type FieldError } from '../../../shared/kernel/errors.ts';

const messageOf = (schema: $ZodType, value: unknown): string | undefined =>
  safeParse(schema, value, { error: schemaMessage }).error?.issues[0]?.message;

const Severity = z.enum(['critical', 'error', 'warning', 'info']);
const Many = z.enum(Array.from({ length: 20 }, (_, i) => `choice-${i}`) as [string, ...string[]]);
const Shape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('http'), url: z.string() }),
  z.strictObject({ type: z.literal('tcp'), port: z.int() }),
]);

test.each<[what: string, schema: $ZodType, value: unknown, message: string]>([
  ['a missing string', z.string(), undefined, 'is missing'],
  ['a missing object', z.object({}), undefined, 'is missing'],
  ['a missing choice', Severity, undefined, 'is missing: must be one of critical, error, warning, info'],
  ['another type', z.string(), 7, 'must be a string, not a number'],
  ['null for a string', z.string(), null, 'must be a string, not null'],
  ['a list for an object', z.object({}), [], 'must be an object, not a list'],
  ['an object for a list', z.array(z.string()), {}, 'must be a list, not an object'],
  ['a string for a truth value', z.boolean(), 'yes', 'must be true or false, not a string'],
  ['a string for a number', z.number(), '7', 'must be a number, not a string'],
  ['a fraction', z.int(), 1.5, 'must be an integer'],
  ['an infinite number', z.number(), Infinity, 'must be a number that fits into 64 bits'],
  ['a wrong choice', Severity, 'fatal', 'must be one of critical, error, warning, info'],
  ['a misspelt choice', Severity, 'critcal', 'must be one of critical, error, warning, info. Did you mean critical?'],
  ['the only choice', z.literal('asc'), 'desc', 'must be asc'],
  [
    'a choice among many',
    Many,
    'chioce-7',
    'must be one of the 20 values that the schema in GET /api/openapi.json lists. Did you mean choice-7?',
  ],
  ['an empty string', z.string().check(z.minLength(1)), '', 'must not be empty'],
  ['a short string', z.string().check(z.minLength(8)), 'a', 'must have at least 8 characters'],
  ['a long string', z.string().check(z.maxLength(1)), 'ab', 'must have at most 1 character'],
  ['an empty list', z.array(z.int()).check(z.minLength(1)), [], 'must not be empty'],
  ['a long list', z.array(z.int()).check(z.maxLength(2)), [1, 2, 3], 'must have at most 2 items'],
  ['a small number', z.number().check(z.gte(1)), 0, 'must be at least 1'],
  ['a number at an open bound', z.number().check(z.gt(0)), 0, 'must be greater than 0'],
  ['a great number', z.number().check(z.lte(100)), 101, 'must be at most 100'],
  ['a number at an open upper bound', z.number().check(z.lt(100)), 100, 'must be less than 100'],
  ['a number between steps', z.number().check(z.multipleOf(60)), 61, 'must be a multiple of 60'],
  ['no time', z.iso.datetime(), 'yesterday', 'must be a time in UTC such as 2026-11-30T05:30:00Z'],
  [
    'no time where offsets are allowed',
    z.iso.datetime({ offset: true }),
    'yesterday',
    'must be a time in UTC such as 2026-11-30T05:30:00Z or with an offset such as 2026-11-30T06:30:00+01:00',
  ],
  ['no date', z.iso.date(), '30.11.2026', 'must be a date such as 2026-11-30'],
  ['no time of day', z.iso.time(), 'noon', 'must be a time of day such as 05:30:00'],
  ['no e-mail address', z.email(), 'ana', 'must be an e-mail address such as ana@example.com'],
  ['no URL', z.url(), 'example', 'must be a URL such as https://example.com/hook'],
  ['no address', z.ipv4(), '1.2.3', 'must be an IPv4 address such as 192.0.2.1'],
  ['a text without its beginning', z.string().check(z.startsWith('arn:')), 'x', 'must begin with arn:'],
  ['a text without its end', z.string().check(z.endsWith('Z')), 'x', 'must end with Z'],
  ['a text without a part', z.string().check(z.includes('@')), 'x', 'must contain @'],
  ['a pattern', z.string().check(z.regex(/^a+$/)), 'b', 'must match /^a+$/'],
  ['a pattern with words of its own', z.string().check(z.regex(/^a+$/, 'must be letters a')), 'b', 'must be letters a'],
  ['an unknown field', z.strictObject({ title: z.string() }), { title: 'x', y: 1 }, 'unknown field. Known: title'],
  [
    'a misspelt field',
    z.strictObject({ title: z.string() }),
    { title: 'x', titel: 1 },
    'unknown field. Did you mean title?',
  ],
  ['a form without its type', Shape, { url: 'x' }, 'is missing: must be one of http, tcp'],
  ['an unknown form', Shape, { type: 'htp' }, 'must be one of http, tcp. Did you mean http?'],
  ['no form at all', Shape, 'http', 'must be an object, not a string'],
  [
    'none of several types',
    z.union([z.string(), z.int()]),
    true,
    'matches none of its forms: must be a string, not true, or must be a number, not true',
  ],
  [
    'a key of a record',
    z.record(z.string().check(z.maxLength(1)), z.int()),
    { ab: 1 },
    'is a key that must have at most 1 character',
  ],
])('%s', (_, schema, value, message) => expect(messageOf(schema, value)).toBe(message));

test.each([
  ['99999999999', 'must be at most 100'],
  ['101', 'must be at most 100'],
  ['0', 'must be at least 1'],
  ['-1', 'must be at least 1'],
  ['1e2', 'must be an integer in decimal digits'],
  ['1.5', 'must be an integer in decimal digits'],
  ['x', 'must be an integer in decimal digits'],
  ['', 'must be an integer in decimal digits'],
])('the limit %j %s', (limit, message) => expect(messageOf(z.object({ limit: Limit }), { limit })).toBe(message));

const routes: readonly (readonly [string, Route])[] = Object.values(SURFACE)
  .flatMap((of) => Object.values<Route>(of))
  .map((route) => [`${route.method} ${route.path}`, route]);

const errorsOf = (work: () => unknown): readonly FieldError[] | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.extras.errors ?? [];
    throw error;
  }
};

/** What a hostile, careless or mistaken sender makes of an example: other types, nothing, too much, at every place. */
const variantsOf = (value: unknown): unknown[] => {
  const others = [null, [], {}, '', 'x', -1, 1.5, 1e308, true, 'x'.repeat(5_000), Array(1_100).fill('x')];
  if (typeof value !== 'object' || value === null) return others;
  if (Array.isArray(value)) {
    return [
      ...others,
      ...value.slice(0, 3).flatMap((item, i) => variantsOf(item).map((other) => value.with(i, other))),
    ];
  }
  return [
    ...others,
    { ...value, bogus: 1 },
    ...Object.entries(value).flatMap(([key, of]) => {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      return [rest, ...variantsOf(of).map((other) => ({ ...value, [key]: other }))];
    }),
  ];
};

/** Words of the library, or none that would help. */
const VAGUE = /^$|does not match the schema|Invalid input|undefined|\[object|datetime|regex|\/\^/;

describe.each(routes.filter(([, { body, bytesBody, textBody }]) => body && !bytesBody && !textBody))(
  '%s',
  (_, route) => {
    test('says of each wrong body what is wrong, where, and what is right', () => {
      for (const variant of [...variantsOf(route.example ?? {}), {}]) {
        const body = JSON.stringify(variant);
        const errors = errorsOf(() =>
          parseBody({ ...route, maxBodyBytes: 1e7 }, { body, isBase64Encoded: false }, 'application/json'),
        );
        if (errors === undefined) continue;
        expect(errors, body.slice(0, 200)).not.toEqual([]);
        for (const { pointer, detail } of errors)
          expect(detail, `${pointer} of ${body.slice(0, 200)}`).not.toMatch(VAGUE);
      }
    });
  },
);

describe.each(routes.filter(([, { query }]) => query))('%s', (_, route) => {
  test('says of each wrong parameter of the query what is wrong and what is right', () => {
    const names = Object.keys((route.query?._zod.def as { readonly shape?: object }).shape ?? {});
    for (const name of [...names, 'bogus']) {
      for (const text of ['', 'x', '-1', '99999999999', '1e2', '2026-13-01', 'x'.repeat(5_000)]) {
        const errors = errorsOf(() => parseQuery(route, { [name]: [text] }));
        for (const { pointer, detail } of errors ?? [])
          expect(detail, `${pointer}=${text.slice(0, 20)}`).not.toMatch(VAGUE);
      }
    }
  });
});
