import type { Config } from '@redocly/openapi-core';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { safeParse } from 'zod/v4/core';
import { expect, test } from 'vitest';
import { surface } from '../../infra/surface.ts';
import { openApiDocument } from '../../shared/http/openapi.ts';

const routes = surface();
const document = openApiDocument(routes) as {
  paths: Record<string, Record<string, { responses: Record<string, unknown>; security: unknown[] }>>;
};

test('the contract is valid OpenAPI 3.0', async () => {
  const config: Config = await createConfig({
    extends: ['recommended'],
    rules: { 'security-defined': 'error', 'operation-4xx-response': 'error', 'no-server-example.com': 'off' },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  const errors = problems.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)).toEqual([]);
});

test('every route is there, and tells who may call it and how it refuses', () => {
  for (const { path, method, permission } of routes) {
    const operation = document.paths[path]?.[method.toLowerCase()];
    expect(operation, `${method} ${path}`).toBeDefined();
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(['429', '500']));
    expect(operation?.security.length, `${method} ${path}`).toBe(permission === 'public' ? 0 : 1);
  }
});

test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  'the examples of %s fit their schemas',
  (_, route) => {
    if (route.body && !route.bodyOptional) expect(route.example, 'has an example').toBeDefined();
    if (route.body && route.example !== undefined) expect(safeParse(route.body, route.example).error).toBeUndefined();
    const { body, example } = route.success;
    if (body && example !== undefined) expect(safeParse(body, example).error).toBeUndefined();
  },
);

test('no two routes share an operation id, or method and path', () => {
  expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
  expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
});
