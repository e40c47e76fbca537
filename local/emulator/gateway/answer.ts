import { unquoted, type Api, type CustomResponse, type MockResponse } from './api.ts';
import { httpRefusal } from './http-api.ts';
import type { Refusal } from './refusal.ts';
import { header, isBinary, parameter, requestContext, type Caller, type GatewayRequest } from './request.ts';
import type { Route } from './router.ts';

/** What goes back to the client. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/** The gateway's own answer: the API's response for the type, else for its class (DEFAULT_4XX, DEFAULT_5XX), else AWS's. */
export function refusalAnswer(
  api: Api,
  refusal: Refusal,
  request: GatewayRequest,
  route: Route | undefined,
  caller: Caller,
): Answer {
  if (api.kind === 'HTTP') return httpRefusal(refusal);
  const own = api.gatewayResponses[refusal.type];
  const custom: CustomResponse | undefined =
    own ?? api.gatewayResponses[refusal.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'];
  const context = errorContext(api, refusal, request, route, caller);
  const [contentType, template] = chooseTemplate(custom, header(request, 'accept'));
  const headers = new Map([
    ['content-type', ['Content-Type', contentType]],
    ['x-amzn-errortype', ['x-amzn-ErrorType', errorTypes[refusal.type]]],
  ]);
  for (const [name, value] of Object.entries(custom?.headers ?? {})) {
    const mapped = /^'.*'$/s.test(value)
      ? unquoted(value)
      : (parameter(value, request, route?.pathParameters ?? null, api) ??
        lookUp(context, value.replace(/^context\./, '')));
    if (mapped !== undefined) headers.set(name.toLowerCase(), [name, mapped]);
  }
  return {
    status: custom?.status ?? refusal.status,
    headers: Object.fromEntries(headers.values()) as Record<string, string>,
    body: substitute(template, context),
  };
}

const errorTypes: Readonly<Record<Refusal['type'], string>> = {
  ACCESS_DENIED: 'AccessDeniedException',
  API_CONFIGURATION_ERROR: 'InternalServerErrorException',
  AUTHORIZER_CONFIGURATION_ERROR: 'AuthorizerConfigurationException',
  AUTHORIZER_FAILURE: 'AuthorizerFailureException',
  BAD_REQUEST_BODY: 'BadRequestException',
  BAD_REQUEST_PARAMETERS: 'BadRequestException',
  INTEGRATION_FAILURE: 'InternalServerErrorException',
  INTEGRATION_TIMEOUT: 'InternalServerErrorException',
  INVALID_API_KEY: 'ForbiddenException',
  MISSING_AUTHENTICATION_TOKEN: 'MissingAuthenticationTokenException',
  QUOTA_EXCEEDED: 'LimitExceededException',
  REQUEST_TOO_LARGE: 'RequestTooLargeException',
  UNSUPPORTED_MEDIA_TYPE: 'UnsupportedMediaTypeException',
  THROTTLED: 'TooManyRequestsException',
  UNAUTHORIZED: 'UnauthorizedException',
};

function errorContext(
  api: Api,
  refusal: Refusal,
  request: GatewayRequest,
  route: Route | undefined,
  caller: Caller,
): Record<string, unknown> {
  const method = route?.method;
  const base = method
    ? requestContext(api, method, request, caller)
    : { ...requestContext(api, { resourceId: '', resourcePath: '' } as Route['method'], request, caller) };
  return {
    ...base,
    error: {
      message: refusal.text ?? 'null',
      messageString: JSON.stringify(refusal.text),
      responseType: refusal.type,
      // A JSON string without its quotes, so that a template may quote it.
      validationErrorString:
        refusal.validationError === undefined ? '' : JSON.stringify(refusal.validationError).slice(1, -1),
    },
  };
}

// Only variables are replaced: a gateway response has no template language.
function substitute(template: string, context: Record<string, unknown>): string {
  return template.replaceAll(
    /\$context\.([A-Za-z][\w.]*\w|[A-Za-z])/g,
    (_whole, path: string) => lookUp(context, path) ?? '',
  );
}

function lookUp(context: Record<string, unknown>, path: string): string | undefined {
  let value: unknown = context;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined | null)?.[part];
  return value === undefined || value === null ? undefined : String(value);
}

function chooseTemplate(custom: CustomResponse | undefined, accept: string | undefined): [string, string] {
  const templates = Object.entries(custom?.templates ?? {});
  const wanted = (accept ?? '').split(',').map((each) => each.split(';')[0]?.trim() ?? '');
  return (
    templates.find(([type]) => wanted.includes(type)) ??
    templates.find(([type]) => type === 'application/json') ??
    templates[0] ?? ['application/json', '{"message":$context.error.messageString}']
  );
}

/** The answer of a Lambda proxy integration; undefined when it is malformed. */
export function proxyAnswer(api: Api, text: string, request: GatewayRequest): Answer | undefined {
  const result = JSON.parse(text) as unknown;
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const all = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') return undefined;
    all.set(name.toLowerCase(), { name, values: [String(value)] });
  }
  for (const [name, values] of Object.entries((multiValueHeaders ?? {}) as Record<string, unknown>)) {
    if (!Array.isArray(values)) return undefined;
    const own = (headers as Record<string, unknown> | undefined)?.[name];
    const texts = values.map(String);
    // A header that stands in both is sent once.
    if (own !== undefined && !texts.includes(String(own))) texts.push(String(own));
    all.set(name.toLowerCase(), { name, values: texts });
  }
  if (!all.has('content-type')) all.set('content-type', { name: 'Content-Type', values: ['application/json'] });
  const contentType = all.get('content-type')?.values[0];
  const decode =
    isBase64Encoded === true && (isBinary(api, contentType) || isBinary(api, header(request, 'accept') ?? '*/*'));
  return {
    status,
    headers: Object.fromEntries(
      [...all.values()].map(({ name, values }) => [remapped(name), values.length === 1 ? (values[0] ?? '') : values]),
    ),
    body: decode ? Buffer.from(body as string, 'base64') : ((body as string | undefined) ?? ''),
  };
}

// API Gateway keeps these for itself and passes the function's own under another name.
function remapped(name: string): string {
  return /^(connection|content-length|date|server|www-authenticate)$/i.test(name) ? `x-amzn-Remapped-${name}` : name;
}

/** The answer of a mock integration: as far as CORS preflights go, with the choice of an origin in the template. */
export function mockAnswer(
  requestTemplate: string,
  responses: readonly MockResponse[],
  request: GatewayRequest,
): Answer | undefined {
  const status = /["']?statusCode["']?\s*:\s*["']?(\d+)/.exec(requestTemplate)?.[1];
  const response =
    responses.find((each) => status !== undefined && each.pattern?.test(status)) ??
    responses.find((each) => each.pattern === undefined);
  if (!response || status === undefined) return undefined;
  const headers: Record<string, string> = { 'Content-Type': response.contentType, ...response.headers };
  let body = '';
  if (response.template?.includes('#')) {
    const origin = header(request, 'origin') ?? header(request, 'Origin') ?? '';
    const patterns = [...response.template.matchAll(/\.matches\("((?:[^"\\]|\\.)*)"\)/g)].map(
      (match) => match[1] ?? '',
    );
    if (origin && patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(origin))) {
      headers['Access-Control-Allow-Origin'] = origin;
    }
  } else {
    body = response.template ?? '';
  }
  return { status: response.status, headers, body };
}
