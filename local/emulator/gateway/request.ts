import { isUtf8 } from 'node:buffer';
import type { Api, ApiMethod } from './api.ts';

/** A request on its way through the gateway. */
export interface GatewayRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** Milliseconds of the local clock. */
  readonly at: number;
  readonly httpMethod: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly query: Readonly<Record<string, string>> | null;
  readonly multiValueQuery: Readonly<Record<string, readonly string[]>> | null;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly userAgent: string | null;
  readonly protocol: string;
  readonly host: string;
}

/** What is known of the caller once the authorizer and the usage plan have spoken. */
export interface Caller {
  readonly authorizer: Readonly<Record<string, string | number>> | undefined;
  readonly apiKey: string | undefined;
  readonly apiKeyId: string | undefined;
}

/** Case-insensitive, as HTTP wants it. */
export function header(request: GatewayRequest, name: string): string | undefined {
  const direct = request.headers[name];
  if (direct !== undefined) return direct;
  const wanted = name.toLowerCase();
  for (const key in request.headers) if (key.toLowerCase() === wanted) return request.headers[key];
  return undefined;
}

/** Reads names such as `method.request.header.Authorization`; undefined for what the request does not carry. */
export function parameter(
  source: string,
  request: GatewayRequest,
  pathParameters: Readonly<Record<string, string>> | null,
  api: Api,
): string | undefined {
  const match = /^method\.request\.(header|querystring|path|multivaluequerystring|multivalueheader)\.(.+)$/.exec(
    source,
  );
  const name = match?.[2] ?? '';
  switch (match?.[1]) {
    case 'header':
    case 'multivalueheader':
      return header(request, name);
    case 'querystring':
    case 'multivaluequerystring':
      return request.query?.[name];
    case 'path':
      return pathParameters?.[name];
    default:
      if (source.startsWith('stageVariables.')) return api.stageVariables?.[source.slice(15)];
      if (source === 'context.path') return `/${api.stage}${request.path}`;
      if (source === 'context.httpMethod') return request.httpMethod;
      if (source === 'context.identity.sourceIp') return request.sourceIp;
      if (source === 'context.requestId') return request.requestId;
      return undefined;
  }
}

/** The ARN that an authorizer's policy speaks of. */
export function methodArn(api: Api, request: GatewayRequest): string {
  return `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/${api.stage}/${request.httpMethod}${request.path}`;
}

/** The request context of the Lambda proxy event, payload format 1.0. */
export function requestContext(api: Api, method: ApiMethod, request: GatewayRequest, caller: Caller): object {
  return {
    resourceId: method.resourceId,
    ...(caller.authorizer ? { authorizer: caller.authorizer } : {}),
    resourcePath: method.resourcePath,
    httpMethod: request.httpMethod,
    extendedRequestId: request.extendedRequestId,
    requestTime: commonLogTime(request.at),
    path: request.path,
    accountId: api.account,
    protocol: request.protocol,
    stage: api.stage,
    domainPrefix: request.host.split('.')[0],
    requestTimeEpoch: request.at,
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      ...(caller.apiKey === undefined ? {} : { apiKey: caller.apiKey, apiKeyId: caller.apiKeyId }),
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: request.userAgent,
      user: null,
    },
    domainName: request.host,
    apiId: api.id,
  };
}

/** The Lambda proxy event, payload format 1.0, as a REST API sends it, or an HTTP API, which names the format. */
export function proxyEvent(
  api: Api,
  method: ApiMethod,
  pathParameters: Readonly<Record<string, string>> | null,
  request: GatewayRequest,
  caller: Caller,
): object {
  const binary = request.body.length > 0 && (isBinary(api, header(request, 'content-type')) || !isUtf8(request.body));
  return {
    ...(api.kind === 'HTTP' && { version: '1.0' }),
    resource: method.resourcePath,
    path: request.path,
    httpMethod: request.httpMethod,
    headers: request.headers,
    multiValueHeaders: request.multiValueHeaders,
    queryStringParameters: request.query,
    multiValueQueryStringParameters: request.multiValueQuery,
    pathParameters,
    stageVariables: api.stageVariables,
    requestContext: requestContext(api, method, request, caller),
    body: request.body.length === 0 ? null : request.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}

/** Whether the API treats a media type as binary. */
export function isBinary(api: Api, mediaType: string | undefined): boolean {
  if (api.binaryMediaTypes.length === 0) return false;
  const type = (mediaType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
  return api.binaryMediaTypes.some((each) => {
    const wanted = each.toLowerCase();
    return wanted === '*/*' || wanted === type || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1)));
  });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function commonLogTime(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
