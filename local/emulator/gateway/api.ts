import type { Assembly, Resource } from '../types.ts';
import type { Throttle } from './usage.ts';

/** An API of the template on its one stage, as the data plane reads it. */
export interface Api {
  readonly kind: 'REST' | 'HTTP';
  readonly id: string;
  readonly stage: string;
  readonly account: string;
  readonly region: string;
  readonly apiKeySource: 'HEADER' | 'AUTHORIZER';
  readonly binaryMediaTypes: readonly string[];
  /** Bodies may come compressed: where `MinimumCompressionSize` is set. */
  readonly takesCompressed: boolean;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  readonly methods: readonly ApiMethod[];
  readonly gatewayResponses: Readonly<Record<string, CustomResponse>>;
  /** By name. */
  readonly models: Readonly<Record<string, ApiModel>>;
}

export interface ApiModel {
  readonly name: string;
  readonly contentType: string;
  readonly schema: unknown;
}

export interface CustomResponse {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

export interface ApiMethod {
  /** GET, POST … or ANY. */
  readonly httpMethod: string;
  /** Path with placeholders: `/alerts/{id}`. */
  readonly resourcePath: string;
  readonly resourceId: string;
  readonly apiKeyRequired: boolean;
  readonly authorizer: ApiAuthorizer | undefined;
  readonly requiredParameters: readonly string[];
  readonly validateParameters: boolean;
  readonly validateBody: boolean;
  /** Model names by content type. */
  readonly requestModels: Readonly<Record<string, string>>;
  readonly throttle: Throttle | undefined;
  readonly integration: ApiIntegration;
}

export interface ApiAuthorizer {
  readonly id: string;
  readonly type: 'TOKEN' | 'REQUEST';
  readonly functionArn: string;
  /** Such as `method.request.header.Authorization`. */
  readonly identitySources: readonly string[];
  readonly validation: RegExp | undefined;
  readonly ttlMs: number;
}

export type ApiIntegration =
  | { readonly type: 'lambda'; readonly functionArn: string; readonly timeoutMs: number }
  | { readonly type: 'mock'; readonly requestTemplate: string; readonly responses: readonly MockResponse[] };

export interface MockResponse {
  readonly status: number;
  readonly pattern: RegExp | undefined;
  /** Header values without their quotes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly template: string | undefined;
  readonly contentType: string;
}

type Properties = Resource['properties'];

/** Throws for a template that the local run cannot serve as AWS would: an API given as a document, other integrations. */
export function readApi(assembly: Assembly): Api | undefined {
  const restApi = assembly.byType('AWS::ApiGateway::RestApi')[0];
  if (!restApi) return undefined;
  const id = restApi.physicalId;
  if (restApi.properties['Body'] ?? restApi.properties['BodyS3Location']) {
    throw new Error(`${restApi.logicalId}: an API given as an OpenAPI document is not supported by the local run`);
  }
  const ofApi = (type: string): readonly Resource[] =>
    assembly.byType(type).filter((each) => each.properties['RestApiId'] === id);

  const stage = ofApi('AWS::ApiGateway::Stage')[0];
  if (!stage) throw new Error(`${restApi.logicalId}: the API has no stage`);
  const paths = resourcePaths(ofApi('AWS::ApiGateway::Resource'));
  const authorizers = new Map(
    ofApi('AWS::ApiGateway::Authorizer').map((each) => [each.physicalId, readAuthorizer(each)]),
  );
  const validators = new Map(
    ofApi('AWS::ApiGateway::RequestValidator').map((each) => [each.physicalId, each.properties]),
  );
  const settings = (stage.properties['MethodSettings'] ?? []) as Properties[];

  return {
    kind: 'REST',
    id,
    stage: stage.physicalId,
    account: assembly.account,
    region: assembly.region,
    apiKeySource: restApi.properties['ApiKeySourceType'] === 'AUTHORIZER' ? 'AUTHORIZER' : 'HEADER',
    binaryMediaTypes: restApi.properties['BinaryMediaTypes'] ?? [],
    takesCompressed: restApi.properties['MinimumCompressionSize'] !== undefined,
    stageVariables: stage.properties['Variables'] ?? null,
    methods: ofApi('AWS::ApiGateway::Method').map((method) => {
      const { HttpMethod, ResourceId, AuthorizerId, AuthorizationType, RequestValidatorId } = method.properties;
      const resourcePath = paths.get(ResourceId) ?? '/';
      const validator = validators.get(RequestValidatorId);
      const authorizer = AuthorizationType === 'CUSTOM' ? authorizers.get(AuthorizerId) : undefined;
      if (AuthorizationType !== 'NONE' && !authorizer) {
        throw new Error(`${method.logicalId}: authorization ${AuthorizationType} is not supported by the local run`);
      }
      return {
        httpMethod: HttpMethod,
        resourcePath,
        resourceId: ResourceId,
        apiKeyRequired: isTrue(method.properties['ApiKeyRequired']),
        authorizer,
        requiredParameters: Object.entries(method.properties['RequestParameters'] ?? {})
          .filter(([, required]) => isTrue(required))
          .map(([parameter]) => parameter),
        validateParameters: isTrue(validator?.['ValidateRequestParameters']),
        validateBody: isTrue(validator?.['ValidateRequestBody']),
        requestModels: method.properties['RequestModels'] ?? {},
        throttle: methodThrottle(settings, resourcePath, HttpMethod),
        integration: readIntegration(method),
      };
    }),
    gatewayResponses: Object.fromEntries(
      ofApi('AWS::ApiGateway::GatewayResponse').map(({ properties }) => [
        properties['ResponseType'],
        {
          status: properties['StatusCode'] === undefined ? undefined : Number(properties['StatusCode']),
          headers: withoutPrefix(properties['ResponseParameters'], 'gatewayresponse.header.'),
          templates: properties['ResponseTemplates'] ?? {},
        },
      ]),
    ),
    models: Object.fromEntries(
      ofApi('AWS::ApiGateway::Model').map(({ physicalId, properties }) => [
        physicalId,
        {
          name: physicalId,
          contentType: properties['ContentType'] ?? 'application/json',
          schema: typeof properties['Schema'] === 'string' ? JSON.parse(properties['Schema']) : properties['Schema'],
        },
      ]),
    ),
  };
}

function resourcePaths(resources: readonly Resource[]): Map<string, string> {
  const byId = new Map(resources.map((each) => [each.physicalId, each]));
  const paths = new Map<string, string>();
  const pathOf = (id: string): string => {
    const resource = byId.get(id);
    // The root is no resource of the template.
    return resource ? `${pathOf(resource.properties['ParentId'])}/${resource.properties['PathPart']}` : '';
  };
  for (const id of byId.keys()) paths.set(id, pathOf(id));
  return paths;
}

function readAuthorizer({ logicalId, physicalId, properties }: Resource): ApiAuthorizer {
  const { Type, AuthorizerUri, IdentitySource, IdentityValidationExpression, AuthorizerResultTtlInSeconds } =
    properties;
  if (Type !== 'TOKEN' && Type !== 'REQUEST') {
    throw new Error(`${logicalId}: an authorizer of type ${Type} is not supported by the local run`);
  }
  return {
    id: physicalId,
    type: Type,
    functionArn: functionOf(AuthorizerUri),
    identitySources: String(IdentitySource ?? '')
      .split(',')
      .map((source) => source.trim())
      .filter((source) => source !== ''),
    validation: IdentityValidationExpression ? new RegExp(`^(?:${IdentityValidationExpression})$`) : undefined,
    ttlMs: Number(AuthorizerResultTtlInSeconds ?? 300) * 1000,
  };
}

function readIntegration({ logicalId, properties }: Resource): ApiIntegration {
  const integration = properties['Integration'] ?? {};
  if (integration.Type === 'AWS_PROXY') {
    return {
      type: 'lambda',
      functionArn: functionOf(integration.Uri),
      timeoutMs: Number(integration.TimeoutInMillis ?? 29_000),
    };
  }
  if (integration.Type !== 'MOCK') {
    throw new Error(`${logicalId}: an integration of type ${integration.Type} is not supported by the local run`);
  }
  const responses = (integration.IntegrationResponses ?? []) as Properties[];
  return {
    type: 'mock',
    requestTemplate: integration.RequestTemplates?.['application/json'] ?? '',
    responses: responses.map((response) => {
      const [contentType = 'application/json', template] =
        Object.entries<string>(response['ResponseTemplates'] ?? {})[0] ?? [];
      return {
        status: Number(response['StatusCode']),
        pattern: response['SelectionPattern'] ? new RegExp(`^(?:${response['SelectionPattern']})$`) : undefined,
        headers: Object.fromEntries(
          Object.entries(withoutPrefix(response['ResponseParameters'], 'method.response.header.')).map(
            ([name, value]) => [name, unquoted(value)],
          ),
        ),
        template,
        contentType,
      };
    }),
  };
}

// `arn:aws:apigateway:region:lambda:path/2015-03-31/functions/<arn>/invocations`
function functionOf(uri: string): string {
  return /functions\/(arn:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;
}

// The most specific setting wins: this method, any method of this path, any path.
function methodThrottle(settings: readonly Properties[], path: string, method: string): Throttle | undefined {
  const normal = (value: string): string => value.replace(/^\//, '').replaceAll('~1', '/') || '/';
  const candidates: [string, string][] = [
    [path, method],
    [path, '*'],
    ['/*', method],
    ['/*', '*'],
  ];
  for (const [candidatePath, candidateMethod] of candidates) {
    const found = settings.find(
      (each) =>
        (each['ResourcePath'] === candidatePath || normal(String(each['ResourcePath'])) === candidatePath) &&
        each['HttpMethod'] === candidateMethod &&
        (each['ThrottlingRateLimit'] ?? each['ThrottlingBurstLimit']) !== undefined,
    );
    if (!found) continue;
    const rateLimit = Number(found['ThrottlingRateLimit'] ?? 10_000);
    const burstLimit = Number(found['ThrottlingBurstLimit'] ?? 5_000);
    return rateLimit < 0 ? undefined : { rateLimit, burstLimit };
  }
  return undefined;
}

function withoutPrefix(values: Record<string, string> | undefined, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {})
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** A static value of a parameter mapping stands in single quotes. */
export function unquoted(value: string): string {
  return /^'.*'$/s.test(value) ? value.slice(1, -1) : value;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
