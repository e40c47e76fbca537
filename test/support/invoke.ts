import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Caller } from '../../shared/kernel/caller.ts';
import type { Method } from '../../shared/http/route.ts';

export interface Invocation {
  /** Where the request comes from. */
  readonly ip?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Parameters that are sent more than once. */
  readonly multiQuery?: Readonly<Record<string, string[]>>;
  /** The path as it was asked for, where it is not the route with its parameters. */
  readonly path?: string;
  /** A string is sent as it is; anything else as JSON. */
  /** What a greedy resource got, still encoded. */
  readonly wireRest?: string;
  readonly body?: unknown;
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly caller?: Partial<Caller>;
}

export interface Invoked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // The tests say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

type Entry = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Calls the real entry of a context as the gateway does: `POST /api/monitoring/alerts/{id}/resolve`. */
export const invoke = async (
  handler: unknown,
  route: `${Method} /${string}`,
  request: Invocation = {},
): Promise<Invoked> => {
  const [httpMethod = '', resource = ''] = route.split(' ');
  const path =
    request.path ??
    resource.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(request.params?.[name] ?? ''));
  const { caller, bytes, body } = request;
  const event = {
    httpMethod,
    resource,
    path,
    pathParameters:
      request.wireRest !== undefined
        ? { rest: request.wireRest }
        : request.params
          ? Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, encodeURIComponent(value)]))
          : null,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...request.headers },
    multiValueQueryStringParameters: {
      ...Object.fromEntries(Object.entries(request.query ?? {}).map(([name, value]) => [name, [value]])),
      ...request.multiQuery,
    },
    body: bytes
      ? bytes.toString('base64')
      : body === undefined || typeof body === 'string'
        ? (body ?? null)
        : JSON.stringify(body),
    isBase64Encoded: bytes !== undefined,
    requestContext: {
      requestId: 'req-1',
      identity: { sourceIp: request.ip ?? '192.0.2.1', userAgent: 'test' },
      authorizer: caller && {
        kind: caller.kind ?? 'user',
        id: caller.id ?? 'usr_anna',
        name: caller.name ?? 'anna',
        sessionId: caller.sessionId ?? 'ses_1',
        roles: (caller.roles ?? ['admin']).join(' '),
        permissions: (caller.permissions ?? ['*']).join(' '),
        tier: caller.tier ?? 'standard',
        restricted: String(caller.restricted ?? false),
      },
    },
  } as unknown as APIGatewayProxyEvent;
  const result = await (handler as Entry)(event, { getRemainingTimeInMillis: () => 29_000 } as Context);
  const headers = Object.fromEntries(
    Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const isJson = /json/.test(headers['content-type'] ?? '') && result.body !== '';
  return {
    status: result.statusCode,
    headers,
    text: result.body,
    body: isJson ? (JSON.parse(result.body) as unknown) : result.body,
  };
};
