import type { Config } from '@redocly/openapi-core';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { safeParse } from 'zod/v4/core';
import { describe, expect, test } from 'vitest';
import { ABOUT, surface } from '../../infra/surface.ts';
import { openApiDocument } from '../../shared/http/openapi.ts';

const routes = surface();
interface Content {
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Content>>;
  readonly requestBody?: Content;
  readonly security: readonly unknown[];
}

const document = openApiDocument(routes, ABOUT) as {
  paths: Record<string, Record<string, Operation>>;
};
const SHOWN = expect.objectContaining({ example: expect.anything() as unknown }) as unknown;
const EXPLAINED = { content: { 'application/problem+json': SHOWN } };
/** In the shape that the surface is read in: a vendor's, or a page for people. */
const explainedAs = (contentType = 'application/json') => ({ content: { [contentType]: SHOWN } });

test('the contract is OpenAPI 3.0 that a strict linter finds nothing in', async () => {
  const config: Config = await createConfig({
    extends: ['recommended-strict'],
    // A form's answer leads to the page that tells what came of it. That each answers 2xx or 3xx is held below.
    rules: { 'security-defined': 'error', 'operation-4xx-response': 'error', 'operation-2xx-response': 'off' },
  });
  const all = await lintFromString({ source: JSON.stringify(document), config });
  // Opsgenie's own paths leave it open whether an alias is `requests`; the gateway finds the fixed segment first.
  const problems = all.filter(
    ({ ruleId, location }) =>
      ruleId !== 'no-ambiguous-paths' || !location[0]?.pointer?.startsWith('#/paths/~1v2~1alerts'),
  );
  expect(problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)).toEqual([]);
});

test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s is there, with who may call it, examples, and how it refuses',
  (_, { path, method, permission, success, alsoAnswers = [], body, refusal }) => {
    const isPage = success.contentType?.startsWith('text/html');
    const refused = refusal ? explainedAs(isPage ? success.contentType : undefined) : EXPLAINED;
    const operation = document.paths[path]?.[method.toLowerCase()];
    expect(operation?.security).toEqual(permission === 'public' ? [] : [{ bearer: [] }]);
    expect(operation?.responses).toMatchObject({ 429: EXPLAINED, 500: refused });
    expect(Object.keys(operation?.responses ?? {})).toContainEqual(expect.stringMatching(/^[23]\d\d$/));
    if (permission !== 'public') expect(operation?.responses).toMatchObject({ 401: refused, 403: refused });
    if (body) expect(operation?.responses).toMatchObject({ 400: refused, 413: refused });
    if (body) expect(operation?.requestBody?.content?.['application/json']).toEqual(SHOWN);
    for (const { status, body: answered, example } of [success, ...alsoAnswers]) {
      // An empty answer has no example: 204, or what a vendor answers with 200.
      if (answered === undefined && example === undefined)
        expect(operation?.responses[status]).not.toHaveProperty('content');
      else expect(Object.values(operation?.responses[status]?.content ?? {})[0]).toEqual(SHOWN);
    }
    const { contentType = 'application/json', otherTypes = {} } = success;
    if (success.body ?? success.example ?? success.contentType) {
      const types = Object.keys(operation?.responses[success.status]?.content ?? {});
      expect(types).toEqual([contentType, ...Object.keys(otherTypes)]);
    }
  },
);

test('the contract has each encoding of metrics and SLAs', () => {
  const typesOf = (content: Content | undefined) => Object.keys(content?.content ?? {});
  const otlp = document.paths['/v1/metrics']?.['post'];
  const both = ['application/json', 'application/x-protobuf'];
  expect([typesOf(otlp?.requestBody), typesOf(otlp?.responses[200])]).toEqual([both, both]);
  expect(typesOf(otlp?.responses[400])).toContain('application/x-protobuf');
  expect(typesOf(document.paths['/api/monitoring/sla']?.['get']?.responses[200])).toContain('text/csv');
  expect(typesOf(document.paths['/api/monitoring/metrics']?.['get']?.responses[200])).toContain('text/plain');
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

describe('what generators of clients need', () => {
  const { schemas } = (document as unknown as { components: { schemas: Record<string, Record<string, unknown>> } })
    .components;
  /** Every schema of the document, however deep. */
  const all = (value: unknown): Record<string, unknown>[] =>
    typeof value !== 'object' || value === null
      ? []
      : [...(Array.isArray(value) ? [] : [value as Record<string, unknown>]), ...Object.values(value).flatMap(all)];
  const everywhere = all({ schemas, paths: document.paths });

  test('what is listed, asked and answered has a name', () => {
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        'Alert',
        'Incident',
        'Monitor',
        'MonitorCheck',
        'Policy',
        'Schedule',
        'RaiseAlert',
        'AcceptedRaise',
      ]),
    );
    const bodies = Object.values(document.paths).flatMap((path) =>
      Object.values(path).flatMap(({ requestBody, responses }) =>
        [requestBody, ...Object.values(responses)].flatMap((each) => Object.values(each?.content ?? {})),
      ),
    );
    const unnamed = bodies.filter((content) => 'properties' in ((content as { schema: object }).schema ?? {}));
    expect(unnamed).toEqual([]);
  });

  test('no name hides a class that every file of Java sees', () => {
    const hidden = [
      'Error',
      'Exception',
      'Module',
      'Object',
      'Override',
      'Package',
      'Process',
      'Record',
      'String',
      'Thread',
    ];
    expect(Object.keys(schemas).filter((name) => hidden.includes(name))).toEqual([]);
  });

  test('no answer is a union of objects that no field tells apart', () => {
    const answers = Object.values(document.paths).flatMap((path) =>
      Object.values(path).flatMap(({ responses }) =>
        Object.values(responses).flatMap(({ content = {} }) => Object.values(content)),
      ),
    ) as { schema: Record<string, unknown> }[];
    const unions = answers.filter(({ schema }) => (schema['anyOf'] ?? schema['oneOf']) && !schema['discriminator']);
    expect(unions).toEqual([]);
  });

  test('a union that a field tells apart says which field, and names each option', () => {
    expect(schemas['MonitorCheck']).toMatchObject({
      discriminator: { propertyName: 'type', mapping: { http: '#/components/schemas/MonitorCheckHttp' } },
    });
  });

  test('no time has a pattern beside its format, no answer is read-only, and no object has a default', () => {
    expect(everywhere.filter(({ format, pattern }) => format === 'date-time' && pattern)).toEqual([]);
    expect(everywhere.filter(({ readOnly }) => readOnly === true)).toEqual([]);
    expect(everywhere.filter((schema) => typeof schema['default'] === 'object')).toEqual([]);
  });

  test('an enum of integers is one of integers, and a parameter that may be repeated is an array', () => {
    expect(everywhere.filter(({ type, enum: values }) => type === 'number' && values)).toEqual([]);
    const parameters = everywhere.filter(({ name, in: place }) => name === 'filter' && place === 'query');
    expect(parameters.map(({ schema }) => (schema as { type: unknown }).type)).toEqual(parameters.map(() => 'array'));
  });

  test('the text that a ping may carry is in the contract', () => {
    expect(document.paths['/ping/{key}']?.['post']?.requestBody).toMatchObject({ content: { 'text/plain': SHOWN } });
  });
});
