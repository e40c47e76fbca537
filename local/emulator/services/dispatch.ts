import { randomUUID } from 'node:crypto';
import { signerOf, type Guard } from '../iam/guard.ts';
import { serviceAsks, type ServiceRequest } from '../iam/services.ts';
import type { Assembly, LocalLog } from '../types.ts';
import { AwsError, faultOf, unknownOperation } from './core/aws-error.ts';
import { bear, type Faults } from './core/faults.ts';
import type { WireRequest, WireResponse } from './core/http-server.ts';
import { missingParameter, snsNamespace, type SnsApi } from './sns/api.ts';
import { s3Error, type S3Service } from './s3/service.ts';
import { queryError, queryResponse, readQuery } from './sns/query-protocol.ts';

/** A service of one of the JSON protocols. */
export interface JsonApi {
  handle(operation: string, input: never, signal: AbortSignal): Promise<object>;
}

/** A service of the REST-JSON protocol. */
export interface RestApi {
  /** Name of the operation that the request is, or undefined. */
  operationOf(method: string, path: string): string | undefined;
  handle(operation: string, request: RestRequest): { readonly status: number; readonly body: object | undefined };
}

export interface RestRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: WireRequest['headers'];
  readonly body: Record<string, unknown>;
  /** The size of the body. */
  readonly bytes: number;
}

export interface Apis {
  /** By the prefix of `x-amz-target`. */
  readonly json: Readonly<
    Record<string, { readonly service: string; readonly version: '1.0' | '1.1'; readonly api: JsonApi }>
  >;
  readonly sns: SnsApi;
  /** By the name of the service, in the order in which they are asked whether a request is theirs. */
  readonly rest: Readonly<Record<string, RestApi>>;
  readonly s3: S3Service;
}

// Names that SQS had in its query protocol; SDKs still show them as the code of the error.
const queryErrors: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
};

export interface DispatchOptions {
  readonly faults: Faults;
  readonly guard: Guard;
  readonly assembly: Pick<Assembly, 'find' | 'account' | 'byType'>;
  readonly log: LocalLog;
}

/** One port for all services: the request itself says which one it is for, by the protocol of that service. */
export function createDispatch(
  apis: Apis,
  { faults, guard, assembly, log }: DispatchOptions,
): (request: WireRequest) => Promise<WireResponse> {
  return async (request) => {
    const requestId = randomUUID();
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return overJson(target, request, requestId);
    if (String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded')) {
      return overQuery(request, requestId);
    }
    const place = apis.s3.placeOf(request.url.pathname);
    if (place) return overS3(place, request, requestId);
    return overRest(request, requestId);
  };

  function permit(
    service: string,
    operation: string,
    { method, url, headers }: WireRequest,
    asked: Pick<ServiceRequest, 'text' | 'body'>,
  ): void {
    const signer = signerOf(headers.authorization);
    guard.check(service, signer, () =>
      serviceAsks(service, operation, { method, path: url.pathname, ...asked }, signer, assembly),
    );
  }

  async function overJson(target: string, request: WireRequest, requestId: string): Promise<WireResponse> {
    const [prefix = '', operation = ''] = target.split('.');
    const entry = apis.json[prefix];
    const version = entry?.version ?? '1.1';
    const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': requestId };
    try {
      if (!entry) throw unknownOperation(target);
      const input = JSON.parse(request.body.toString('utf8') || '{}') as Record<string, unknown>;
      permit(entry.service, operation, request, { text: (name) => textOf(input[name]), body: input });
      const aftermath = faults.check(entry.service, operation);
      const answer = await entry.api.handle(operation, input as never, request.signal);
      await bear(aftermath);
      return { status: 200, headers, body: JSON.stringify(answer) };
    } catch (thrown) {
      const error = asAwsError(thrown, target);
      const queryCode = queryErrors[error.code];
      return {
        status: error.status,
        headers: {
          ...headers,
          ...(queryCode && { 'x-amzn-query-error': `${queryCode};${faultOf(error.status)}` }),
        },
        body: JSON.stringify({ __type: error.code, message: error.message, Message: error.message }),
      };
    }
  }

  function overQuery(request: WireRequest, requestId: string): Promise<WireResponse> {
    const parameters = new URLSearchParams(request.body.toString('utf8'));
    return snsOverQuery(request, parameters, requestId);
  }

  async function snsOverQuery(
    request: WireRequest,
    parameters: URLSearchParams,
    requestId: string,
  ): Promise<WireResponse> {
    const operation = parameters.get('Action') ?? '';
    const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
    try {
      permit('sns', operation, request, { text: (name) => parameters.get(name) ?? undefined });
      const aftermath = faults.check('sns', operation);
      const done = () => apis.sns.handle(operation, readQuery(parameters, missingParameter));
      if (aftermath?.twice) done();
      const result = done();
      await bear(aftermath);
      return { status: 200, headers, body: queryResponse(snsNamespace, operation, result, requestId) };
    } catch (thrown) {
      const error = asAwsError(thrown, operation);
      return { status: error.status, headers, body: queryError(snsNamespace, error, requestId) };
    }
  }

  async function overS3(
    place: { readonly bucket: string; readonly key: string },
    request: WireRequest,
    requestId: string,
  ): Promise<WireResponse> {
    const headers = { 'x-amz-request-id': requestId };
    const operation = apis.s3.operationOf(request.method);
    try {
      permit('s3', operation, request, {
        text: (name) => (name === 'Object' ? `${place.bucket}/${place.key}` : undefined),
      });
      const aftermath = faults.check('s3', operation);
      const answer = apis.s3.handle(operation, place, request);
      await bear(aftermath);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (thrown) {
      const error = asAwsError(thrown, operation);
      return {
        status: error.status,
        headers: { ...headers, 'content-type': 'application/xml' },
        body: request.method === 'HEAD' ? '' : s3Error(error, requestId),
      };
    }
  }

  async function overRest(request: WireRequest, requestId: string): Promise<WireResponse> {
    const { pathname, searchParams } = request.url;
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
    try {
      const found = Object.entries(apis.rest)
        .map(([service, api]) => ({ service, api, operation: api.operationOf(request.method, pathname) }))
        .find(({ operation }) => operation !== undefined);
      if (!found?.operation) throw unknownOperation(`${request.method} ${pathname}`);
      const { service, api, operation } = found;
      const body = JSON.parse(request.body.toString('utf8') || '{}') as Record<string, unknown>;
      permit(service, operation, request, { text: (name) => textOf(body[name]), body });
      const aftermath = faults.check(service, operation);
      const asked = {
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body,
        bytes: request.body.length,
      };
      const done = () => api.handle(operation, asked);
      if (aftermath?.twice) done();
      const answer = done();
      await bear(aftermath);
      return { status: answer.status, headers, body: answer.body ? JSON.stringify(answer.body) : '' };
    } catch (thrown) {
      const error = asAwsError(thrown, pathname);
      return {
        status: error.status,
        headers: { ...headers, 'x-amzn-errortype': error.code },
        body: JSON.stringify({ message: error.message }),
      };
    }
  }

  function asAwsError(thrown: unknown, operation: string): AwsError {
    if (thrown instanceof AwsError) return thrown;
    if (thrown instanceof SyntaxError) return new AwsError('SerializationException', thrown.message, 400);
    log('services', `${operation} failed`, thrown);
    return new AwsError('InternalFailure', 'The local service failed; the log says why', 500);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
