import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Assembly, FunctionFailure, LocalClock, LocalLog } from '../types.ts';
import type { Edge } from '../edge/distribution.ts';
import { isThrottled } from '../lambda/failure.ts';
import type { LocalLambdas } from '../lambda/lambdas.ts';
import { createAccessLog } from './access-log.ts';
import { createAdmission } from './admission.ts';
import { mockAnswer, proxyAnswer, refusalAnswer, type Answer } from './answer.ts';
import { readApi, type Api } from './api.ts';
import { readHttpApi } from './http-api.ts';
import { createAuthorizers } from './authorizer.ts';
import type { Certificate } from './certificate.ts';
import { decoded } from './content-coding.ts';
import { Refusal } from './refusal.ts';
import { proxyEvent, type Caller, type GatewayRequest } from './request.ts';
import { createRouter, type Route } from './router.ts';
import type { UsageKeys } from './usage.ts';
import { createValidator } from './validator.ts';

/** Answers paths below `/_local/`; undefined for one that it does not know. */
export type LocalRoute = (
  method: string,
  /** With its query. */
  path: string,
  body: string,
  headers: Readonly<Record<string, string | undefined>>,
) => Promise<{ status: number; headers: Record<string, string>; body: string } | undefined>;

export interface GatewayOptions {
  readonly assembly: Assembly;
  readonly lambdas: Pick<LocalLambdas, 'invoke' | 'invokeText'>;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly usageKeys: UsageKeys;
  /** 0 for any that is free. */
  readonly port: number;
  /** Serves https with it; absent: http. */
  readonly certificate?: Certificate | undefined;
  readonly localRoutes: LocalRoute;
  /** The file at a path of the distribution, which goes before the API. */
  readonly servedFile?: (
    path: string,
  ) => { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } | undefined;
  /** An address on AWS as one of this machine, in the variables of a stage. */
  readonly localValue?: (value: string) => string;
  /** The distribution before the API. It answers what is not of the API. */
  readonly edge?: Edge;
}

export interface Gateway {
  /** `http://127.0.0.1:8787`, or https with a certificate; without a slash at the end. */
  readonly url: string;
  /** Of the HTTP API, where the first assembly has one; it has a port of its own. */
  readonly httpApiUrl: string | undefined;
  /** Takes over the API of another assembly; caches and throttles start empty. */
  reload(assembly: Assembly): void;
  /** Accepts nothing more, waits for what runs, at most `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

const bodyLimitBytes = 10 * 1024 * 1024;

/**
 * The data plane of the REST API in the assembly, on 127.0.0.1, and that of an HTTP API beside it. The stage is served at the root, as
 * behind a custom domain. Rejects when the port is taken.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const restOf = (assembly: Assembly): Pipeline => logged('REST', assembly, createPipeline(options, readApi(assembly)));
  const httpOf = (assembly: Assembly): Pipeline =>
    logged('HTTP', assembly, createPipeline(options, readHttpApi(assembly)));
  const { lambdas, clock, log } = options;
  /** A pipeline that writes the access log of its API. */
  const logged = (kind: 'REST' | 'HTTP', assembly: Assembly, pipeline: Pipeline): Pipeline => {
    const accessLog = createAccessLog({ assembly, lambdas, clock, log, kind });
    return async (request, tooLarge) => {
      const answered = await pipeline(request, tooLarge);
      const { resourcePath, caller, refusal } = answered;
      accessLog.write({ request, caller, resourcePath, status: answered.answer.status, refusal });
      return answered;
    };
  };
  let [rest, http] = [restOf(options.assembly), httpOf(options.assembly)];
  const main = await listen(options, options.port, (incoming, outgoing) =>
    serve(incoming, outgoing, options, (request, tooLarge) => rest(request, tooLarge)),
  );
  // No file, no local path and no edge is before an HTTP API.
  const { localRoutes: _, servedFile: __, edge: ___, ...bare } = options;
  const listenBeside = (port: number): ReturnType<typeof listen> =>
    listen(options, port, (incoming, outgoing) =>
      serve(incoming, outgoing, bare, (request, tooLarge) => http(request, tooLarge)),
    );
  // Senders know the address from run to run, unless its port is taken.
  const besidePort = options.port === 0 ? 0 : options.port + 1;
  const second = readHttpApi(options.assembly)
    ? await listenBeside(besidePort).catch(() => listenBeside(0))
    : undefined;
  return {
    url: main.url,
    httpApiUrl: second?.url,
    reload: (assembly) => {
      [rest, http] = [restOf(assembly), httpOf(assembly)];
    },
    stop: async (graceMs = 10_000) => {
      await Promise.all([main, second].map((each) => each && stopServer(each.server, graceMs)));
    },
  };
}

async function listen(
  { certificate }: GatewayOptions,
  port: number,
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>,
): Promise<{ readonly server: Server; readonly url: string }> {
  const settings = { keepAliveTimeout: 65_000, maxHeaderSize: 16 * 1024 };
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => void answer(incoming, outgoing);
  const server = certificate
    ? createSecureServer({ ...settings, cert: certificate.cert, key: certificate.key }, listener)
    : createServer(settings, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url };
}

/** The API with the variables of its stage as they are on this machine. */
const withLocalVariables = (api: Api, { localValue }: GatewayOptions): Api =>
  api.stageVariables === null || localValue === undefined
    ? api
    : {
        ...api,
        stageVariables: Object.fromEntries(
          Object.entries(api.stageVariables).map(([name, value]) => [name, localValue(value)]),
        ),
      };

interface Answered {
  readonly answer: Answer;
  readonly resourcePath: string;
  readonly caller: Caller;
  /** The kind of a refusal of the gateway itself. */
  readonly refusal: string | undefined;
}

type Pipeline = (request: GatewayRequest, tooLarge: boolean) => Promise<Answered>;

const NOBODY: Caller = { authorizer: undefined, apiKey: undefined, apiKeyId: undefined };

/** Route, authorizer, API key and limits, validation, integration: in the order of API Gateway. */
function createPipeline(options: GatewayOptions, api: Api | undefined): Pipeline {
  if (!api) {
    return () =>
      Promise.resolve({
        answer: { status: 404, headers: {}, body: '{"message":"The assembly has no REST API"}' },
        resourcePath: '-',
        caller: NOBODY,
        refusal: undefined,
      });
  }
  const { lambdas, clock, log, usageKeys } = options;
  const router = createRouter(api.methods);
  const authorize = createAuthorizers({ api, lambdas, clock, log });
  const admit = createAdmission({ api, usageKeys, clock });
  const validate = createValidator(api);

  return async (sent, tooLarge) => {
    let request = sent;
    let route: Route | undefined;
    let caller: Caller = NOBODY;
    try {
      // To an HTTP API a path that ends with a slash is another one.
      const isOther = api.kind === 'HTTP' && /.\/$/.test(request.path);
      route = isOther ? undefined : router(request.httpMethod, request.path);
      if (!route) throw new Refusal('MISSING_AUTHENTICATION_TOKEN');
      if (tooLarge) throw new Refusal('REQUEST_TOO_LARGE');
      request = decoded(api, sent, bodyLimitBytes);
      const authorized = route.method.authorizer ? await authorize(route, request) : undefined;
      caller = { ...caller, authorizer: authorized?.context };
      const key = admit(route, request, authorized);
      caller = { ...caller, apiKey: key?.value, apiKeyId: key?.id };
      validate(route, request);
      const answer = await integrate(api, route, request, caller, options);
      return { answer, resourcePath: route.method.resourcePath, caller, refusal: undefined };
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('API_CONFIGURATION_ERROR');
      if (refusal !== error) log('gateway', 'The gateway failed', error);
      return {
        answer: refusalAnswer(api, refusal, request, route, caller),
        resourcePath: route?.method.resourcePath ?? '-',
        caller: refusal.context ? { ...caller, authorizer: refusal.context } : caller,
        refusal: refusal.type,
      };
    }
  };
}

async function integrate(
  api: Api,
  route: Route,
  request: GatewayRequest,
  caller: Caller,
  options: GatewayOptions,
): Promise<Answer> {
  const { lambdas, log } = options;
  const { integration } = route.method;
  if (integration.type === 'mock') {
    const answer = mockAnswer(integration.requestTemplate, integration.responses, request);
    if (!answer) throw new Refusal('API_CONFIGURATION_ERROR');
    return answer;
  }
  const event = JSON.stringify(
    proxyEvent(withLocalVariables(api, options), route.method, route.pathParameters, request, caller),
  );
  let alarm: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    alarm = setTimeout(() => reject(new Refusal('INTEGRATION_TIMEOUT')), integration.timeoutMs);
  });
  let text: string;
  try {
    const result = lambdas.invokeText(integration.functionArn, event);
    result.catch(() => undefined);
    text = await Promise.race([result, timeout]);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    log('gateway', `${request.httpMethod} ${route.method.resourcePath}: the function failed`, error);
    if ((error as Partial<FunctionFailure>).errorType === 'RequestEntityTooLargeException') {
      throw new Refusal('REQUEST_TOO_LARGE');
    }
    // API Gateway takes a throttled function for a fault of its configuration, and answers 500.
    throw new Refusal(isThrottled(error) ? 'API_CONFIGURATION_ERROR' : 'INTEGRATION_FAILURE');
  } finally {
    clearTimeout(alarm);
  }
  const answer = proxyAnswer(api, text, request);
  if (!answer) {
    log('gateway', `${request.httpMethod} ${route.method.resourcePath}: malformed Lambda proxy response`);
    throw new Refusal('INTEGRATION_FAILURE');
  }
  return answer;
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: Omit<GatewayOptions, 'localRoutes'> & Partial<Pick<GatewayOptions, 'localRoutes'>>,
  pipeline: Pipeline,
): Promise<void> {
  const started = performance.now();
  try {
    const { body, tooLarge } = await readBody(incoming);
    const [rawPath = '/'] = (incoming.url ?? '/').split('?', 1);
    if (options.localRoutes && rawPath.startsWith('/_local/')) {
      await serveLocal(incoming, outgoing, options.localRoutes, body);
      return;
    }
    const file = incoming.method === 'GET' || incoming.method === 'HEAD' ? options.servedFile?.(rawPath) : undefined;
    if (file) {
      outgoing.writeHead(200, { ...file.headers, 'content-length': file.body.length });
      outgoing.end(incoming.method === 'HEAD' ? undefined : file.body);
      return;
    }
    const atEdge = options.edge?.(incoming.method ?? 'GET', rawPath);
    if (atEdge) {
      outgoing.writeHead(atEdge.status, { ...atEdge.headers, 'content-length': atEdge.body.length });
      outgoing.end(incoming.method === 'HEAD' ? undefined : atEdge.body);
      return;
    }
    const request = readRequest(incoming, body, options.clock.now());
    const { answer, resourcePath } = await pipeline(request, tooLarge);
    const length = typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.length;
    outgoing.writeHead(answer.status, {
      ...(answer.headers as Record<string, string | string[]>),
      'Content-Length': length,
      'x-amzn-RequestId': request.requestId,
      'x-amz-apigw-id': request.extendedRequestId,
      // By the clock of the run, which can be moved.
      Date: new Date(options.clock.now()).toUTCString(),
    });
    outgoing.end(incoming.method === 'HEAD' ? undefined : answer.body);
    // The pattern and not the path: a path may carry a key.
    const took = (performance.now() - started).toFixed(1);
    options.log('access', `${request.httpMethod} ${resourcePath} ${answer.status} ${took}ms ${request.requestId}`);
  } catch (error) {
    // The client went away, or sent what is no HTTP.
    if (!incoming.destroyed) options.log('gateway', 'A request could not be answered', error);
    outgoing.destroy();
  }
}

async function serveLocal(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  localRoutes: LocalRoute,
  body: Buffer,
): Promise<void> {
  let answer;
  try {
    answer = comesFromElsewhere(incoming)
      ? { status: 403, headers: {}, body: '{"message":"Local paths are for this machine"}' }
      : await localRoutes(
          incoming.method ?? 'GET',
          incoming.url ?? '/',
          body.toString('utf8'),
          incoming.headers as Record<string, string | undefined>,
        );
  } catch (error) {
    answer = { status: 500, headers: {}, body: JSON.stringify({ message: String(error) }) };
  }
  answer ??= { status: 404, headers: {}, body: '{"message":"No such local path"}' };
  outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  outgoing.end(answer.body);
}

// A page on another site must not move the clock or read the outbox, neither by its own requests nor by a name of its
// own that leads to this address.
function comesFromElsewhere(incoming: IncomingMessage): boolean {
  const isLocal = (host: string): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
  const origin = incoming.headers.origin;
  return (
    !isLocal(incoming.headers.host ?? '') || (origin !== undefined && !isLocal(origin.replace(/^https?:\/\//, '')))
  );
}

async function readBody(incoming: IncomingMessage): Promise<{ body: Buffer; tooLarge: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= bodyLimitBytes) chunks.push(chunk);
  }
  const tooLarge = length > bodyLimitBytes;
  return {
    body: tooLarge ? Buffer.alloc(0) : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
    tooLarge,
  };
}

function readRequest(incoming: IncomingMessage, body: Buffer, at: number): GatewayRequest {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const sourceIp = '127.0.0.1';
  const headers = dictionary<string>();
  const multiValueHeaders = dictionary<string[]>();
  const spelling = new Map<string, string>();
  const add = (name: string, value: string): void => {
    // One header may come in two spellings; the first is kept.
    const lower = name.toLowerCase();
    const known = spelling.get(lower) ?? name;
    spelling.set(lower, known);
    headers[known] = value;
    (multiValueHeaders[known] ??= []).push(value);
  };
  const raw = incoming.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    if (!hopByHop.has(name.toLowerCase())) add(name, raw[index + 1] as string);
  }
  const forwarded = incoming.headers['x-forwarded-for'];
  const forwardedName = spelling.get('x-forwarded-for') ?? 'X-Forwarded-For';
  const chain = forwarded === undefined ? sourceIp : `${String(forwarded)}, ${sourceIp}`;
  spelling.set('x-forwarded-for', forwardedName);
  headers[forwardedName] = chain;
  multiValueHeaders[forwardedName] = [chain];
  if (!spelling.has('x-amzn-trace-id')) {
    add('X-Amzn-Trace-Id', `Root=1-${Math.floor(at / 1000).toString(16)}-${randomBytes(12).toString('hex')}`);
  }
  const { query, multiValueQuery } = readQuery(mark < 0 ? '' : url.slice(mark + 1));
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString('base64')}=`,
    at: Math.floor(at),
    httpMethod: incoming.method ?? 'GET',
    path,
    headers,
    multiValueHeaders,
    query,
    multiValueQuery,
    body,
    sourceIp,
    userAgent: incoming.headers['user-agent'] ?? null,
    protocol: `HTTP/${incoming.httpVersion}`,
    host: incoming.headers.host ?? 'localhost',
  };
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect']);

function readQuery(text: string): Pick<GatewayRequest, 'query' | 'multiValueQuery'> {
  if (text === '') return { query: null, multiValueQuery: null };
  const query = dictionary<string>();
  const multiValueQuery = dictionary<string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    query[name] = value;
    (multiValueQuery[name] ??= []).push(value);
  }
  return { query, multiValueQuery };
}

// Keys come from the client; without a prototype none of them is special.
function dictionary<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

async function stopServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(force);
}
