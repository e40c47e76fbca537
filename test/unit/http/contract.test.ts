import * as z from 'zod/mini';
import type { $ZodType } from 'zod/v4/core';
import { describe, expect, test } from 'vitest';
import { surface } from '../../../infra/surface.ts';
import { takesKey } from '../../../shared/http/idempotency.ts';
import { parseQuery } from '../../../shared/http/request.ts';

type Schema = Readonly<Record<string, unknown>>;
const routes = surface().map((route) => [`${route.method} ${route.path}`, route] as const);
const jsonOf = (schema: $ZodType): Schema =>
  z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }) as Schema;
const queried = routes.flatMap(([title, route]) => {
  const properties = route.query ? ((jsonOf(route.query)['properties'] ?? {}) as Record<string, Schema>) : {};
  return [[title, route, properties] as const];
});

/** Where numbers of a schema have no bounds, as pointers. */
const unbounded = (schema: unknown, at = ''): string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const { type, minimum, maximum, enum: values } = schema as Schema;
  const isNumber = type === 'number' || type === 'integer';
  const here = isNumber && !values && (minimum === undefined || maximum === undefined);
  return [...(here ? [at] : []), ...Object.entries(schema).flatMap(([key, of]) => unbounded(of, `${at}/${key}`))];
};

/** Points are stored as sketches, which hold every number of JSON. */
const SKETCHED = ['recordMetrics'];

test.each(routes.filter(([, { body, tolerant, operationId }]) => body && !tolerant && !SKETCHED.includes(operationId)))(
  '%s bounds each number of its body to what a table can store',
  (_, { body }) => {
    expect(unbounded(jsonOf(body as $ZodType))).toEqual([]);
  },
);

describe('Idempotency-Key', () => {
  const own = routes.filter(
    ([, { method, tolerant, permission }]) => method === 'POST' && !tolerant && permission !== 'public',
  );

  test('is taken by each POST that has a caller, except those of sessions', () => {
    expect(own.filter(([, route]) => !takesKey(route)).map(([title]) => title)).toEqual([
      'POST /api/auth/logout',
      'POST /api/auth/password',
      'POST /api/auth/proof',
      'POST /api/auth/factors/{id}/confirm',
      'POST /api/auth/factors/passkeys',
    ]);
  });

  const SECRETS = /^(secret|password|token|key|pingKey|recoveryCodes|accessToken|refreshToken)$/;
  const namesIn = (schema: unknown): string[] => {
    if (typeof schema !== 'object' || schema === null) return [];
    const { properties } = schema as { readonly properties?: object };
    return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(namesIn)];
  };
  test.each(own.filter(([, route]) => takesKey(route)))('%s says whether its answer contains a secret', (_, route) => {
    const bodies = [route.success, ...(route.alsoAnswers ?? [])].flatMap(({ body }) => body ?? []);
    const names = bodies.flatMap((body) => namesIn(z.toJSONSchema(body, { io: 'output', unrepresentable: 'any' })));
    expect(names.some((name) => SECRETS.test(name))).toBe(route.answersSecret ?? false);
  });
});

describe('a range that ends before it begins', () => {
  const instants = queried.filter(([, , { from, to }]) => from?.['format'] === 'date-time' && to);
  test.each(instants)('is refused by %s at query/to', (_, route) => {
    const query = { from: ['2026-11-29T12:00:00Z'], to: ['2026-11-29T12:30:00+01:00'] };
    expect(() => parseQuery(route, query)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(query\.invalid|\w+\.range)$/) as string,
        extras: { errors: [expect.objectContaining({ pointer: 'query/to' })] },
      }),
    );
  });

  test('is asked about on every list with a range', () => expect(instants.length).toBeGreaterThan(5));
});

describe('an integer of a query', () => {
  const integers = queried.flatMap(([title, route, properties]) =>
    Object.entries(properties)
      .filter(([, { type }]) => type === 'integer' || type === 'number')
      .map(([name]) => [`${title} ${name}`, route, name] as const),
  );
  test.each(integers)('is written in decimal digits: %s', (_, route, name) => {
    for (const text of ['1e2', '0x10', '1.0', '+1', '-1', ' 1', '01', '', 'NaN', '9'.repeat(30)]) {
      expect(() => parseQuery(route, { [name]: [text] }), text).toThrow(
        expect.objectContaining({ code: 'query.invalid' }),
      );
    }
  });

  test('is there', () => expect(integers.length).toBeGreaterThan(20));
});
