import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Caller } from '../kernel/caller.ts';
import {
  forbidden,
  methodNotAllowed,
  notFound,
  Problem,
  unauthenticated,
  type ProblemExtras,
} from '../kernel/errors.ts';
import { assertInNetworks } from '../kernel/networks.ts';
import { allows } from '../kernel/permission.ts';
import { assertProof, assertTwoFactorProof } from '../kernel/proof.ts';
import { isTier, rateLimitPolicy } from '../kernel/tiers.ts';
import { systemClock } from '../kernel/clock.ts';
import { logger } from '../aws/observe.ts';
import { isTransient } from '../aws/transient.ts';
import { eventIdHeader } from './event-id-header.ts';
import { gatewayPathOf, routedWithin } from './gateway-path.ts';
import { keyIn, once, requestIdOf } from './idempotency.ts';
import { inOrder } from './in-order.ts';
import { originOf } from './origin.ts';
import {
  muteProblem,
  PROBLEM_JSON,
  problemDocument,
  SECURITY_HEADERS,
  storeUnavailable,
  type ProblemDocument,
} from './problem.ts';
import { proofOf } from './proof.ts';
import { bytesOf, mediaTypeOf, parseBody, parseQuery, textOf } from './request.ts';
import {
  isReply,
  type Handlers,
  type Means,
  type MeansOf,
  type RefusalShape,
  type Reply,
  type RequestOf,
  type Route,
  type Routes,
} from './route.ts';

type AnyHandler = (request: RequestOf<Route>) => Promise<unknown>;
type Entry = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/**
 * The Lambda entry of a context: binds each route to its handler. Every request is logged under its correlation id,
 * counted, parsed, checked against the caller's permissions, and answered; a refusal becomes a problem document, a service
 * that is not available a 503, an unknown error a mute 500 whose cause is only in the log.
 */
export const http = <R extends Routes>(routes: R, handlers: Handlers<R>, ...[means]: MeansOf<R>): Entry => {
  const bound = new Map<string, { route: Route; handle: AnyHandler }>(
    Object.entries(routes).map(([key, route]) => [
      `${route.method} ${route.path}`,
      { route, handle: handlers[key] as unknown as AnyHandler },
    ]),
  );

  const routed = routedWithin(routes);
  const onPath: ReadonlyMap<string, readonly Route[]> = Map.groupBy(Object.values<Route>(routes), ({ path }) => path);
  /** Of each surface of a vendor one route, whose refusal also answers paths below its root that no route takes. */
  const ofRoot = new Map(
    Object.values<Route>(routes).flatMap((route): [string, Route][] =>
      route.vendorRoot === undefined ? [] : [[gatewayPathOf(route), route]],
    ),
  );

  const answer = async (event: APIGatewayProxyEvent, context: Context): Promise<Reply> => {
    const entry = bound.get(`${event.httpMethod} ${event.resource}`);
    const ofPath = onPath.get(event.resource) ?? [];
    const route = entry?.route ?? ofPath[0] ?? ofRoot.get(event.resource);
    const instance = route?.refusal ? '' : instanceOf(event);
    const refused = (thrown: unknown): Reply => {
      const error = isTransient(thrown) ? storeUnavailable(thrown) : thrown;
      const problem = problemOf(error, instance, event.requestContext.requestId);
      return refusal(route && shapeOf(route, event), problem, error);
    };
    try {
      if (!entry) throw noRoute(ofPath);
      return await serve(entry.route, entry.handle, { event, context, refused, ...means });
    } catch (thrown) {
      return refused(thrown);
    }
  };

  return middy()
    .use({ before: (request) => void (request.event = routed(request.event)) })
    .use(observed())
    .handler(async (event: APIGatewayProxyEvent, context: Context) => {
      const result = await answer(event, context);
      return toResult(result, event);
    }) as unknown as Entry;
};

/** The refusal of a request that no route takes. `others` are the routes of its path with other methods. */
const noRoute = (others: readonly Route[]): Problem => {
  if (others.length === 0) {
    return notFound(
      'route.not_found',
      'There is no such route. GET /api/openapi.json lists all paths with their methods.',
    );
  }
  const allow = others.map(({ method }) => method).sort();
  return methodNotAllowed(
    'route.method_not_allowed',
    `This path accepts ${allow.join(', ')}. Use one of these methods.`,
    {
      allow,
    },
  );
};

const NO_BYTES = new Uint8Array();

interface Served extends Means {
  readonly event: APIGatewayProxyEvent;
  readonly context: Context;
  /** The answer to what the handler throws. */
  readonly refused: (thrown: unknown) => Reply;
}

const serve = async (
  route: Route,
  handle: AnyHandler,
  { event, context, refused, holders, keys }: Served,
): Promise<Reply> => {
  const authorized = callerOf(event);
  const headers = lowerCased(event.headers);
  const header = (name: string): string | undefined => headers[name];
  const origin = originOf(event, header);
  // The gateway keeps what the authorizer answered, whatever the address of the next request is. So addresses are compared here.
  if (authorized) assertInNetworks(authorized, origin);
  authorize(route, authorized);
  const params = paramsOf(route, event.pathParameters);
  // The key is checked before the query and the body, so that only its holder learns what is wrong with them.
  const caller = route.presentedKey ? await holders?.(route.presentedKey({ params, header })) : authorized;
  if (caller !== authorized && caller) assertInNetworks(caller, origin);
  const key = keys && keyIn(route, header);
  const request: RequestOf<Route> = {
    params,
    query: parseQuery(route, event.multiValueQueryStringParameters) as never,
    body: parseBody(route, event, headers['content-type']) as never,
    text: route.textBody ? textOf(route, event) : '',
    bytes: route.bytesBody ? bytesOf(route, event, headers['content-type']) : NO_BYTES,
    caller: caller as never,
    origin,
    path: event.path,
    publicUrl: event.stageVariables?.['publicUrl'] ?? '',
    header,
    requestKey: key === undefined ? undefined : requestIdOf({ route, key, caller }),
  };
  const run = async (): Promise<Reply> => {
    const result = await handle(request);
    if (isReply(result)) return result;
    const { status, contentType, body } = route.success;
    return { status, body: inOrder(body, result), ...(contentType && { headers: { 'content-type': contentType } }) };
  };
  if (!keys || key === undefined) return run();
  const { isBase64Encoded, body, multiValueQueryStringParameters } = event;
  const parts = [
    JSON.stringify(params),
    JSON.stringify(multiValueQueryStringParameters ?? {}),
    `${isBase64Encoded}`,
    body ?? '',
  ];
  const remainingMs = context.getRemainingTimeInMillis?.();
  return once(keys(), { route, key, caller, parts, remainingMs }, () => run().catch(refused));
};

/** The handler's own check after the authorizer's: a cached or wrong policy grants nothing. */
const authorize = (route: Route, caller: Caller | undefined): void => {
  if (route.permission === 'public') return;
  if (!caller)
    throw unauthenticated('auth.required', 'Send the header Authorization: Bearer with an access token or an API key.');
  if (caller.restricted && !route.whileRestricted) {
    throw forbidden('auth.password_change_required', 'Change your first password: POST /api/auth/password.');
  }
  const proof = proofOf(route);
  if (proof === 'two-factor') assertTwoFactorProof(caller, systemClock.now());
  else if (proof === 'always' && caller.kind === 'user') assertProof(caller, systemClock.now());
  if (
    route.permission !== 'any' &&
    !allows(caller.permissions, { permission: route.permission, narrower: route.narrower })
  ) {
    throw forbidden(
      'auth.forbidden',
      `This needs the permission ${route.permission}. Ask an administrator for a role that has it.`,
    );
  }
};

const callerOf = (event: APIGatewayProxyEvent): Caller | undefined => {
  const context = event.requestContext.authorizer as Record<string, string> | null | undefined;
  if (!context?.['id']) return undefined;
  const list = (name: string): string[] => (context[name] ? context[name].split(' ') : []);
  return {
    kind: context['kind'] === 'machine' ? 'machine' : 'user',
    id: context['id'],
    name: context['name'] ?? '',
    sessionId: context['sessionId'] ?? '',
    roles: list('roles'),
    permissions: list('permissions'),
    tier: context['tier'] ?? 'standard',
    restricted: context['restricted'] === 'true',
    ...(context['networks'] && { networks: list('networks') }),
    ...(context['provedAt'] && { provedAt: context['provedAt'] }),
    ...(context['secondFactor'] === 'true' && { hasSecondFactor: true }),
  };
};

/** The parameters of the path, decoded. A value that does not match its pattern is refused. */
const paramsOf = ({ params = {} }: Route, sent: APIGatewayProxyEvent['pathParameters']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, { pattern, refusal }]) => {
      const text = decoded(sent?.[name] ?? '');
      if (text === undefined || !pattern.test(text)) throw refusal();
      return [name, text];
    }),
  );

/** Undefined for a text that is not percent-encoded UTF-8. */
const decoded = (value: string): string | undefined => {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
};

const lowerCased = (headers: APIGatewayProxyEvent['headers'] | null): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']));

const problemOf = (error: unknown, instance: string, requestId: string): ProblemDocument =>
  error instanceof Problem ? problemDocument(error, instance, requestId) : muteProblem(instance, requestId);

/** The path of the request, or its pattern where the path carries a key. */
const instanceOf = (event: APIGatewayProxyEvent): string =>
  event.resource.includes('{key}') ? event.resource : event.path;

const shapeOf = ({ refusal, refusalByMediaType }: Route, event: APIGatewayProxyEvent): RefusalShape | undefined =>
  refusal ?? refusalByMediaType?.[mediaTypeOf(lowerCased(event.headers)['content-type'])];

const refusal = (shape: RefusalShape | undefined, problem: ProblemDocument, error: unknown): Reply => {
  if (problem.status >= 500) logger.error('request failed', error as Error);
  else logger.info('request refused', { code: problem.code });
  const { retryAfterSeconds, allow, eventId }: ProblemExtras = error instanceof Problem ? error.extras : {};
  const shaped = shape?.(problem) ?? {
    status: problem.status,
    headers: { 'content-type': PROBLEM_JSON },
    body: problem,
  };
  return {
    ...shaped,
    headers: {
      ...shaped.headers,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
      ...(allow && { allow: allow.join(', ') }),
      ...eventIdHeader(eventId),
    },
  };
};

const toResult = (result: Reply, event: APIGatewayProxyEvent): APIGatewayProxyResult => {
  const tier = (event.requestContext.authorizer as Record<string, string> | null | undefined)?.['tier'];
  return {
    statusCode: result.status,
    headers: {
      ...(isJson(result.body) && { 'content-type': 'application/json' }),
      'cache-control': 'no-store',
      ...SECURITY_HEADERS,
      'x-request-id': event.requestContext.requestId,
      ...(tier && isTier(tier) && { 'ratelimit-policy': rateLimitPolicy(tier) }),
      ...result.headers,
    },
    ...payload(result.body),
  };
};

const isJson = (body: unknown): boolean =>
  body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);

/**
 * The gateway decodes base64 only for a client whose first accepted type is binary, and many send no such type. ASCII bytes are
 * therefore sent as text.
 */
const payload = (body: unknown): Pick<APIGatewayProxyResult, 'body' | 'isBase64Encoded'> => {
  if (body instanceof Uint8Array) {
    return body.every((byte) => byte < 0x80)
      ? { body: Buffer.from(body).toString('latin1') }
      : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  }
  return { body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body) };
};

/**
 * One short log line of a request: the gateway has its metrics. The log has the pattern of the path, because a path may contain a
 * key.
 */
const observed = (): middy.MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> => {
  let startedAt = 0;
  return {
    before: ({ event }) => {
      startedAt = performance.now();
      logger.resetKeys();
      logger.appendKeys({
        correlationId: event.requestContext.requestId,
        route: `${event.httpMethod} ${event.resource}`,
      });
    },
    after: ({ response }) => {
      const status = response?.statusCode ?? 0;
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
      logger.info('request', { status, durationMs });
    },
  };
};
