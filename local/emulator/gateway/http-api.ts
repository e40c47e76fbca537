import type { Assembly, Resource } from '../types.ts';
import type { Api } from './api.ts';
import type { Refusal, RefusalType } from './refusal.ts';
import type { Throttle } from './usage.ts';

type Properties = Resource['properties'];

/**
 * The HTTP API of the template on its default stage, in the words of a REST API: without keys, models and answers of its own. Throws for
 * what the local run cannot serve as AWS would: authorizers, and integrations that are no function with payload format 1.0.
 */
export function readHttpApi(assembly: Assembly): Api | undefined {
  const api = assembly.byType('AWS::ApiGatewayV2::Api')[0];
  if (!api) return undefined;
  const ofApi = (type: string): readonly Resource[] =>
    assembly.byType(type).filter(({ properties }) => properties['ApiId'] === api.physicalId);
  const stage = ofApi('AWS::ApiGatewayV2::Stage')[0];
  if (!stage) throw new Error(`${api.logicalId}: the API has no stage`);
  const integrations = new Map(
    ofApi('AWS::ApiGatewayV2::Integration').map((each) => [each.physicalId, each.properties]),
  );

  return {
    kind: 'HTTP',
    id: api.physicalId,
    stage: String(stage.properties['StageName']),
    account: assembly.account,
    region: assembly.region,
    apiKeySource: 'HEADER',
    binaryMediaTypes: [],
    takesCompressed: false,
    stageVariables: null,
    methods: ofApi('AWS::ApiGatewayV2::Route').map(({ logicalId, properties }) => {
      const { RouteKey, Target, AuthorizationType = 'NONE' } = properties;
      const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(String(RouteKey)) ?? [];
      const integration = integrations.get(String(Target).replace(/^integrations\//, ''));
      if (method === undefined || path === undefined || AuthorizationType !== 'NONE') {
        throw new Error(`${logicalId}: the route ${RouteKey} is not supported by the local run`);
      }
      if (integration?.['IntegrationType'] !== 'AWS_PROXY' || integration['PayloadFormatVersion'] !== '1.0') {
        throw new Error(`${logicalId}: its integration is not supported by the local run`);
      }
      return {
        httpMethod: method,
        resourcePath: path,
        resourceId: '',
        apiKeyRequired: false,
        authorizer: undefined,
        requiredParameters: [],
        validateParameters: false,
        validateBody: false,
        requestModels: {},
        throttle: throttleOf(stage.properties, String(RouteKey)),
        integration: {
          type: 'lambda',
          functionArn: String(integration['IntegrationUri']),
          timeoutMs: Number(integration['TimeoutInMillis'] ?? 30_000),
        },
      };
    }),
    gatewayResponses: {},
    models: {},
  };
}

function throttleOf({ RouteSettings, DefaultRouteSettings }: Properties, routeKey: string): Throttle | undefined {
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = RouteSettings?.[routeKey] ?? DefaultRouteSettings ?? {};
  return ThrottlingRateLimit === undefined
    ? undefined
    : { rateLimit: Number(ThrottlingRateLimit), burstLimit: Number(ThrottlingBurstLimit ?? 5_000) };
}

/** How an HTTP API words what it refuses itself. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html */
const WORDS: Partial<Record<RefusalType, readonly [number, string]>> = {
  INTEGRATION_FAILURE: [500, 'Internal Server Error'],
  INTEGRATION_TIMEOUT: [503, 'Service Unavailable'],
  MISSING_AUTHENTICATION_TOKEN: [404, 'Not Found'],
  REQUEST_TOO_LARGE: [413, 'Request Entity Too Large'],
  THROTTLED: [429, 'Too Many Requests'],
};

export function httpRefusal({ type }: Refusal) {
  const [status, message] = WORDS[type] ?? [500, 'Internal Server Error'];
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ message }) };
}
