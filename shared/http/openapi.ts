import { schemaComponents, type Schema } from './openapi-schemas.ts';
import { KEY_PROBLEMS, LEAST_SEALING_CHARS, takesKey } from './idempotency.ts';
import { proofOf } from './proof.ts';
import type { Route } from './route.ts';
import { INTERNAL_TITLE, PROBLEM_JSON, problemType, STATUS_OF, type ProblemDocument } from './problem.ts';

export interface DocumentedRoute extends Route {
  readonly context: string;
  readonly operationId: string;
}

type Components = ReturnType<typeof schemaComponents>;

/** `raiseAlert` gives `RaiseAlert`. */
const pascal = (operationId: string): string => operationId.charAt(0).toUpperCase() + operationId.slice(1);

const TITLE_OF_STATUS: ReadonlyMap<number, string> = new Map(
  [...Object.values(STATUS_OF), [500, INTERNAL_TITLE] as const].map(([status, title]) => [status, title]),
);

const pathParameters = ({ path, params = {} }: Route): Schema[] =>
  [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', ...(params[name] && { pattern: params[name].pattern.source }) },
  }));

const queryParameters = (route: DocumentedRoute): Schema[] => {
  if (!route.query) return [];
  // Parameters are listed one by one, so their object needs no name.
  const only = schemaComponents();
  only.use(route.query, 'input', 'Query');
  const { properties = {}, required = [] } = (only.all()['Query'] ?? {}) as {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
};

const keyParameter = (route: Route): Schema[] =>
  takesKey(route)
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description:
            'A UUID that is new for each request and the same for each repeat of it. A repeat within 24 hours changes nothing, and has ' +
            'the answer of the first with the header `Idempotency-Replayed: true`.' +
            (route.answersSecret
              ? ` The answer contains a secret, so it is stored only under a key of at least ${LEAST_SEALING_CHARS} characters.`
              : ''),
          schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
        },
      ]
    : [];

/** The refusals of a route: its own, and those that follow from its parameters and its body. */
const problemsOf = (route: Route): ReadonlyMap<number, readonly string[]> => {
  const problems = new Map<number, string[]>();
  const add = (status: number, ...codes: string[]): void => {
    problems.set(status, [...new Set([...(problems.get(status) ?? []), ...codes])]);
  };
  if (route.body) {
    add(400, 'body.invalid', 'body.malformed');
    add(413, 'body.too_large');
    if (!route.tolerant || route.bytesBody) add(415, 'body.unsupported_media_type');
  }
  if (route.query) add(400, 'query.invalid');
  if (route.permission !== 'public') {
    add(401, 'auth.required');
    add(403, 'auth.forbidden', ...(proofOf(route) ? ['auth.proof_required'] : []));
  }
  if (route.permission !== 'public' || route.presentedKey) add(403, 'auth.network');
  for (const { refusal } of Object.values(route.params ?? {})) {
    const { kind, code } = refusal();
    add(STATUS_OF[kind][0], code);
  }
  add(429, 'throttled');
  add(500, 'internal');
  add(503, 'store.unavailable', ...(route.method === 'GET' ? [] : ['store.contended']));
  for (const [status, codes] of Object.entries(route.problems ?? {})) add(Number(status), ...codes);
  // Last, so that the example of a status is a refusal of the route itself.
  if (takesKey(route)) for (const [status, codes] of Object.entries(KEY_PROBLEMS)) add(Number(status), ...codes);
  return problems;
};

/** A problem type: a code, what it means, and the routes that answer with it. */
export interface ProblemType {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly routes: readonly { readonly method: string; readonly path: string; readonly summary: string }[];
}

/** Codes that every route may answer with: a list of all routes would say nothing. */
const EVERYWHERE = 40;

/** Codes that no route names: of requests that reach none, and of the gateway. */
const OF_NO_ROUTE: Readonly<Record<string, number>> = {
  'route.not_found': 404,
  'route.method_not_allowed': 405,
  'request.invalid': 400,
  'auth.password_change_required': 403,
  unavailable: 503,
};

/** Every problem type of these routes, by its code. */
export const problemTypes = (routes: readonly Route[]): ProblemType[] => {
  const found = new Map<string, { readonly status: number; readonly routes: ProblemType['routes'][number][] }>(
    Object.entries(OF_NO_ROUTE).map(([code, status]) => [code, { status, routes: [] }]),
  );
  for (const route of routes) {
    const { method, path, summary } = route;
    for (const [status, codes] of problemsOf(route)) {
      for (const code of codes) {
        const known = found.get(code) ?? { status, routes: [] };
        known.routes.push({ method, path, summary });
        found.set(code, known);
      }
    }
  }
  return [...found]
    .map(([code, { status, routes: answering }]) => ({
      code,
      status,
      title: TITLE_OF_STATUS.get(status) ?? 'Refused',
      routes: answering.length > EVERYWHERE ? [] : answering,
    }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
};

const problemResponse = (route: Route, status: number, codes: readonly string[]): Schema => {
  const code = codes[0] ?? 'internal';
  const example: ProblemDocument = {
    type: problemType(code),
    title: TITLE_OF_STATUS.get(status) ?? 'Refused',
    status,
    detail: 'What was wrong and what to do about it.',
    instance: '/api/monitoring/alerts',
    code,
    requestId: '7f6c0a1e-6f0a-4c0e-9d35-1c2f6a1f0a77',
  };
  const own = { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' }, example } };
  return {
    description: `${TITLE_OF_STATUS.get(status) ?? 'Refused'}: ${codes.map((each) => `\`${each}\``).join(', ')}`,
    content: {
      ...(isRefusedByGateway(route, status) && own),
      ...(vendorContent(route, example) ?? own),
      ...Object.fromEntries(Object.keys(route.refusalByMediaType ?? {}).map((type) => [type, BYTES])),
    },
  };
};

/** The gateway answers with a problem document, also on a compatible surface. */
const isRefusedByGateway = ({ permission }: Route, status: number): boolean =>
  status === 429 || status >= 500 || (permission !== 'public' && (status === 401 || status === 403));

/** The refusal of a compatible surface. */
const vendorContent = ({ refusal }: Route, problem: ProblemDocument): Schema | undefined => {
  if (!refusal || problem.status === 429) return undefined;
  const { headers, body } = refusal(problem);
  const contentType = headers?.['content-type'] ?? 'application/json';
  const example: unknown = typeof body === 'string' && contentType.includes('json') ? JSON.parse(body) : body;
  return { [contentType]: { schema: { type: typeof example }, example } };
};

const BYTES: Schema = { schema: { type: 'string', format: 'binary' } };

const answerOf = (answer: Route['success'], components: Components, name: string): Schema => {
  const { description, body, example, contentType = 'application/json', otherTypes = {} } = answer;
  const content =
    body || example !== undefined || answer.contentType
      ? {
          content: {
            [contentType]: {
              schema: body
                ? components.use(body, 'output', name)
                : contentType === 'application/json'
                  ? { type: 'object' }
                  : { type: 'string' },
              ...(example !== undefined && { example }),
            },
            ...Object.fromEntries(
              Object.entries(otherTypes).map(([type, of]) => [
                type,
                of === 'bytes' ? BYTES : { schema: { type: 'string' }, example: of.example },
              ]),
            ),
          },
        }
      : {};
  return { description, ...content };
};

const responsesOf = (route: DocumentedRoute, components: Components): Schema =>
  Object.fromEntries([
    ...[route.success, ...(route.alsoAnswers ?? [])].map((answer, i) => [
      String(answer.status),
      answerOf(answer, components, `${pascal(route.operationId)}Answer${i === 0 ? '' : answer.status}`),
    ]),
    ...[...problemsOf(route)]
      .sort(([a], [b]) => a - b)
      .map(([code, codes]) => [String(code), problemResponse(route, code, codes)]),
  ]) as Schema;

const operationOf = (route: DocumentedRoute, components: Components): Schema => ({
  operationId: route.operationId,
  summary: route.summary,
  ...(route.description && { description: route.description }),
  tags: [route.context],
  security: route.permission === 'public' ? [] : [{ bearer: [] }],
  ...(route.permission !== 'public' && { 'x-permission': route.permission }),
  ...(route.narrower && { 'x-permission-narrower': route.narrower }),
  parameters: [...pathParameters(route), ...queryParameters(route), ...keyParameter(route)],
  ...(route.body && {
    requestBody: {
      required: !route.bodyOptional,
      content: {
        'application/json': {
          schema: components.use(route.body, 'input', `${pascal(route.operationId)}Request`),
          ...(route.example !== undefined && { example: route.example }),
        },
        ...Object.fromEntries((route.bytesBody ?? []).map((type) => [type, BYTES])),
      },
    },
  }),
  ...(route.textBody && {
    requestBody: {
      required: false,
      content: { 'text/plain': { schema: { type: 'string' }, example: 'Backed up 3 tables.' } },
    },
  }),
  responses: responsesOf(route, components),
});

const PROBLEM_SCHEMA: Schema = {
  type: 'object',
  description: 'A problem document, RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'The page that explains the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong and what to do about it.' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'Stable. Programs compare it.' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901 JSON pointer into the body, or query/name.' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

/** The whole surface as one OpenAPI 3.0 document. `about` describes each context. The same routes give the same document. */
export const openApiDocument = (
  routes: readonly DocumentedRoute[],
  about: Readonly<Record<string, string>>,
): Schema => {
  const components = schemaComponents();
  const operations = routes.map((route) => [route, operationOf(route, components)] as const);
  return {
    openapi: '3.0.3',
    info: {
      title: 'Tocsin',
      version: '1.0.0',
      description:
        'Health monitoring, alerting and incident response, serverless, in your own AWS account. ' +
        'Times are RFC 3339 UTC. Lists are paged by opaque cursors. Errors are RFC 9457 problem documents. ' +
        'A POST that has the header `Idempotency-Key` may be sent again: it has one effect, and the answer of the first. ' +
        'A path or a method that is not described here answers 404 with the code `route.not_found`. Below the path of another ' +
        'vendor’s API, a known path answers 405 to other methods, with the header `Allow`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'The host that serves this document' }],
    tags: [...new Set(routes.map(({ context }) => context))].map((name) => ({
      name,
      description: about[name],
    })),
    paths: Object.fromEntries(
      [...Map.groupBy(operations, ([{ path }]) => path)].map(([path, ofPath]) => [
        path,
        Object.fromEntries(
          ofPath.map(([{ method }, operation]) => [
            method.toLowerCase(),
            {
              ...operation,
              ...('requestBody' in operation && { requestBody: components.asInput(operation['requestBody']) }),
            },
          ]),
        ),
      ]),
    ),
    components: {
      schemas: { Problem: PROBLEM_SCHEMA, ...components.all() },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token from POST /api/auth/login, or an API key from POST /api/api-keys.',
        },
      },
    },
  };
};
