import {
  aws_apigateway as apigateway,
  aws_certificatemanager as acm,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  Aws,
  CfnOutput,
  Duration,
  Fn,
  RemovalPolicy,
  Size,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PROBLEM_JSON, problemType, SECURITY_HEADERS, STATUS_OF } from '../../shared/http/problem.ts';
import { sharedMeter, TIERS, type Tier, TIER_NAMES } from '../../shared/kernel/tiers.ts';
import type { ErrorKind } from '../../shared/kernel/errors.ts';
import type { Domain, StageConfig } from '../config.ts';
import type { SurfaceRoute } from '../surface.ts';
import { GatewayRoutes, methodThrottles } from './gateway-routes.ts';
import { IngestApi } from './ingest-api.ts';
import { WebAcl } from './web-acl.ts';

/** The authorizer's answers are kept this long at the gateway; with its own 20 s a revocation holds within a minute. */
const AUTHORIZER_CACHE_SECONDS = 30;

export interface HttpApiProps {
  readonly stage: StageConfig;
  readonly routes: readonly SurfaceRoute[];
  /** The nested stacks of the routes, by how the paths in each begin. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** ARNs of the functions that serve routes, by name. */
  readonly functionArns: Readonly<Record<string, string>>;
  readonly authorizerArn: string;
}

/**
 * The REST API, made from the routes: their resources and methods, the authorizer and a usage key for each that is not public,
 * models, validators, throttles, and every refusal of the gateway as a problem document. A new route needs nothing here.
 */
export class HttpApi extends Construct {
  readonly api: apigateway.RestApi;
  /** The methods that ask for nobody. */
  readonly publicMethods: readonly apigateway.Method[];
  readonly plans: Readonly<Record<Tier, apigateway.UsagePlan>>;
  /** The cheaper address of what machines send, where the stage has one. */
  readonly ingest: IngestApi | undefined;
  /** The access logs of the API, and of the cheaper address. */
  readonly accessLogs: readonly logs.ILogGroup[];
  /** Where the edge reaches the API. */
  readonly origin: { readonly host: string; readonly path: string; readonly routes: readonly string[] };
  /** Address of the API, with a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { stage, routes } = props;
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      retention: stage.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new apigateway.RestApi(this, 'Api', {
      restApiName: `tocsin-${stage.name}`,
      description: `Tocsin, stage ${stage.name}`,
      apiKeySourceType: apigateway.ApiKeySourceType.AUTHORIZER,
      // With it the gateway takes compressed bodies too, and inflates them to 10 MB at most before a function sees them.
      minCompressionSize: Size.kibibytes(4),
      binaryMediaTypes: [...new Set(routes.flatMap(({ bytesBody = [] }) => bytesBody))],
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      // Only the domain is published, and callers of the other address would be lost when the API is made again.
      disableExecuteApiEndpoint: stage.domain !== undefined && !stage.edge,
      cloudWatchRole: true,
      // An account has one such role for every API of a region. It must outlive the stack that set it last.
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: stage.name,
        throttlingRateLimit: stage.requestsPerSecond,
        throttlingBurstLimit: stage.burst,
        // Metrics by method would be charged, and nothing reads them. Those of the API and its stage are free.
        metricsEnabled: false,
        accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
        accessLogFormat: apigateway.AccessLogFormat.custom(ACCESS_LOG),
        methodOptions: methodThrottles(routes),
      },
    });
    // The address of the API follows from this id, whatever moves in the code.
    (this.api.node.defaultChild as apigateway.CfnRestApi).overrideLogicalId('Gateway');
    this.addGatewayResponses();

    const authorizer = new apigateway.TokenAuthorizer(this, 'Authorizer', {
      handler: this.imported('AuthorizerFunction', props.authorizerArn),
      resultsCacheTtl: Duration.seconds(AUTHORIZER_CACHE_SECONDS),
      validationRegex: '^([Bb]earer [A-Za-z0-9_.=-]+|[Bb]asic [A-Za-z0-9+/]+={0,2})$',
    });
    // The library takes the ARN apart by functions that need not take a reference to another stack.
    (authorizer.node.defaultChild as apigateway.CfnAuthorizer).authorizerUri = invocationUri(props.authorizerArn);
    const integrations = Object.fromEntries(
      Object.entries(props.functionArns).map(([name, arn]) => [name, this.integrationWith(name, arn)]),
    );
    const validator = new apigateway.RequestValidator(this, 'Validator', {
      restApi: this.api,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    const jsonObject = this.api.addModel('JsonObject', {
      modelName: 'JsonObject',
      contentType: 'application/json',
      description: 'Any JSON object. GET /api/openapi.json says what each route takes.',
      schema: { schema: apigateway.JsonSchemaVersion.DRAFT4, type: apigateway.JsonSchemaType.OBJECT },
    });
    this.publicMethods = new GatewayRoutes(this, 'Routes', {
      api: this.api,
      routes,
      parts: props.parts,
      integrations,
      authorizer,
      validator,
      jsonObject,
    }).publicMethods;
    this.plans = this.addUsagePlans(stage);
    this.ingest = stage.ingestApi
      ? new IngestApi(this, 'Ingest', { ...props, accessLogFormat: INGEST_ACCESS_LOG })
      : undefined;
    this.accessLogs = [accessLog, ...(this.ingest ? [this.ingest.accessLog] : [])];
    const { requestsInFiveMinutes } = stage;
    if (requestsInFiveMinutes !== undefined) {
      const { stageArn } = this.api.deploymentStage;
      new WebAcl(this, 'WebAcl', { name: `tocsin-${stage.name}`, stageArn, requestsInFiveMinutes });
    }
    this.origin = {
      host: `${this.api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      path: `/${stage.name}`,
      routes: routes.map(({ path }) => path),
    };
    this.url = stage.domain ? this.servedAt(stage.domain, stage.edge) : (stage.publicUrl ?? this.api.url);
    // Functions are deployed before the API. Those that need its address hear it with each request: from the stage, so nobody can choose it.
    // The stage cannot refer to itself, which its URL of the library does.
    const { host, path } = this.origin;
    (this.api.deploymentStage.node.defaultChild as apigateway.CfnStage).variables = {
      publicUrl: stage.domain || stage.publicUrl !== undefined ? this.url : `https://${host}${path}/`,
    };
  }

  /** Serves the stage at the root of a domain, unless the edge does so, and answers its address. */
  private servedAt({ name, certificateArn }: Domain, byEdge: boolean): string {
    if (byEdge) return `https://${name}/`;
    const domain = this.api.addDomainName('Domain', {
      domainName: name,
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      endpointType: apigateway.EndpointType.REGIONAL,
      securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
    });
    new CfnOutput(Stack.of(this), 'DomainTarget', {
      value: domain.domainNameAliasDomainName,
      description: `Let ${name} be a CNAME, or an alias, of this name`,
    });
    return `https://${name}/`;
  }

  /** Invokes a function of another stack; one permission covers all of its methods. */
  private integrationWith(name: string, functionArn: string): apigateway.Integration {
    new lambda.CfnPermission(this, `Invoke-${name}`, {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: this.api.arnForExecuteApi('*', '/*', '*'),
    });
    return new apigateway.Integration({
      type: apigateway.IntegrationType.AWS_PROXY,
      integrationHttpMethod: 'POST',
      uri: invocationUri(functionArn),
    });
  }

  private imported(id: string, functionArn: string): lambda.IFunction {
    return lambda.Function.fromFunctionAttributes(this, id, { functionArn, sameEnvironment: true });
  }

  /**
   * One plan for each tier, each with the key that callers share who have none of their own yet. With the authorizer as key source
   * a key's value is no credential, only the name of a meter. Values are unique in an account, so the logical ids are fixed: one
   * that changed would have CloudFormation make the new key before the old one is gone.
   */
  private addUsagePlans(stage: StageConfig): Readonly<Record<Tier, apigateway.UsagePlan>> {
    return Object.fromEntries(
      TIER_NAMES.map((tier) => {
        const { requestsPerMinute, burst } = TIERS[tier];
        const plan = this.api.addUsagePlan(`Plan-${tier}`, {
          name: `tocsin-${stage.name}-${tier}`,
          description: `${requestsPerMinute} requests a minute, bursts of ${burst}`,
          throttle: { rateLimit: requestsPerMinute / 60, burstLimit: burst },
          apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
        });
        const meter = sharedMeter(stage.name, tier);
        const key = this.api.addApiKey(`SharedKey-${tier}`, { apiKeyName: meter, value: meter });
        plan.addApiKey(key, { overrideLogicalId: `SharedKeyInPlan${tier}` });
        (plan.node.defaultChild as apigateway.CfnUsagePlan).overrideLogicalId(`Plan${tier}`);
        (key.node.defaultChild as apigateway.CfnApiKey).overrideLogicalId(`SharedKey${tier}`);
        return [tier, plan];
      }),
    ) as Record<Tier, apigateway.UsagePlan>;
  }

  private addGatewayResponses(): void {
    for (const { type, kind, status, code, detail, headers } of GATEWAY_RESPONSES) {
      this.api.addGatewayResponse(`Response-${type.responseType}`, {
        type,
        statusCode: String(status ?? STATUS_OF[kind][0]),
        responseHeaders: {
          'Content-Type': `'${PROBLEM_JSON}'`,
          'Cache-Control': `'no-store'`,
          ...Object.fromEntries(Object.entries(SECURITY_HEADERS).map(([name, value]) => [name, `'${value}'`])),
          ...headers,
        },
        templates: { 'application/json': problemTemplate(kind, status, code, detail) },
      });
    }
  }

  /** Lets a principal manage the keys and plan memberships of this API's usage plans. */
  grantManageUsageKeys(grantee: iam.IGrantable): void {
    const arn = (path: string): string => `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::${path}`;
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['apigateway:POST', 'apigateway:GET', 'apigateway:DELETE'],
      resourceArns: [
        arn('/apikeys'),
        arn('/apikeys/*'),
        ...TIER_NAMES.flatMap((tier) => [
          arn(`/usageplans/${this.plans[tier].usagePlanId}/keys`),
          arn(`/usageplans/${this.plans[tier].usagePlanId}/keys/*`),
        ]),
      ],
    });
  }
}

/** By what address the gateway invokes a function. */
const invocationUri = (functionArn: string): string =>
  Fn.join('', [
    `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/`,
    functionArn,
    '/invocations',
  ]);

/** The route's pattern and never the path, since keys travel in paths. */
const ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  ip: '$context.identity.sourceIp',
  principal: '$context.authorizer.id',
  error: '$context.error.responseType',
});

/** The same of an HTTP API, which names some things otherwise. Paths are left out there, too: keys travel in them. */
const INGEST_ACCESS_LOG = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  ip: '$context.identity.sourceIp',
  error: '$context.error.responseType',
});

interface GatewayRefusal {
  readonly type: apigateway.ResponseType;
  readonly kind: ErrorKind;
  readonly status?: number;
  readonly code: string;
  readonly detail: string;
  readonly headers?: Record<string, string>;
}

const { ResponseType: T } = apigateway;

/** The authorizer also lets nobody in whose first password is not changed, and the gateway answers both alike. */
const FORBIDDEN =
  'Your permissions do not cover this: GET /api/auth/me lists them. A first password must be changed before: POST /api/auth/password.';

/** What the gateway itself refuses, in the same shape and words as our own refusals. */
const GATEWAY_RESPONSES: readonly GatewayRefusal[] = [
  {
    type: T.UNAUTHORIZED,
    kind: 'unauthenticated',
    code: 'auth.required',
    detail: 'Send Authorization: Bearer with an access token or an API key.',
    headers: { 'WWW-Authenticate': `'Bearer'` },
  },
  {
    type: T.ACCESS_DENIED,
    kind: 'forbidden',
    code: 'auth.forbidden',
    detail: FORBIDDEN,
  },
  {
    type: T.INVALID_API_KEY,
    kind: 'forbidden',
    code: 'auth.forbidden',
    detail: FORBIDDEN,
  },
  {
    type: T.MISSING_AUTHENTICATION_TOKEN,
    kind: 'not_found',
    code: 'route.not_found',
    detail: 'There is no such route, or its path does not accept this method. GET /api/openapi.json lists all.',
  },
  {
    type: T.RESOURCE_NOT_FOUND,
    kind: 'not_found',
    code: 'route.not_found',
    detail: 'There is no such route. GET /api/openapi.json lists them all.',
  },
  {
    type: T.THROTTLED,
    kind: 'too_many',
    code: 'throttled',
    detail: 'Too many requests. Try again after the seconds in Retry-After.',
    headers: { 'Retry-After': `'1'` },
  },
  {
    type: T.QUOTA_EXCEEDED,
    kind: 'too_many',
    code: 'throttled',
    detail: 'Too many requests. Try again after the seconds in Retry-After.',
    headers: { 'Retry-After': `'1'` },
  },
  { type: T.BAD_REQUEST_BODY, kind: 'invalid', code: 'body.malformed', detail: 'The body must be one JSON object.' },
  { type: T.BAD_REQUEST_PARAMETERS, kind: 'invalid', code: 'request.invalid', detail: 'A parameter is missing.' },
  {
    type: T.REQUEST_TOO_LARGE,
    kind: 'too_large',
    code: 'body.too_large',
    detail: 'The body is too large. Send less at a time.',
  },
  {
    type: T.UNSUPPORTED_MEDIA_TYPE,
    kind: 'unsupported_media_type',
    code: 'body.unsupported_media_type',
    detail: 'Send the body as Content-Type: application/json.',
  },
  {
    type: T.INTEGRATION_TIMEOUT,
    kind: 'unavailable',
    status: 504,
    code: 'timeout',
    detail: 'This took too long. Try again.',
  },
  {
    type: T.INTEGRATION_FAILURE,
    kind: 'unavailable',
    code: 'unavailable',
    detail: 'Temporarily unavailable. Try again.',
    headers: { 'Retry-After': `'1'` },
  },
  {
    type: T.AUTHORIZER_FAILURE,
    kind: 'unavailable',
    code: 'unavailable',
    detail: 'Temporarily unavailable. Try again.',
    headers: { 'Retry-After': `'1'` },
  },
  {
    type: T.AUTHORIZER_CONFIGURATION_ERROR,
    kind: 'unavailable',
    code: 'unavailable',
    detail: 'Temporarily unavailable. Try again.',
    headers: { 'Retry-After': `'1'` },
  },
  { type: T.DEFAULT_4XX, kind: 'invalid', code: 'request.invalid', detail: 'The request is invalid.' },
  {
    type: T.DEFAULT_5XX,
    kind: 'unavailable',
    code: 'unavailable',
    detail: 'Temporarily unavailable. Try again.',
    headers: { 'Retry-After': `'1'` },
  },
];

/** Only values that cannot break JSON are put in: ids, a status, and the pattern of the route. */
const problemTemplate = (kind: ErrorKind, status: number | undefined, code: string, detail: string): string => {
  const [defaultStatus, title] = STATUS_OF[kind];
  return JSON.stringify({
    type: problemType(code),
    title,
    status: status ?? defaultStatus,
    detail,
    instance: '$context.resourcePath',
    code,
    requestId: '$context.requestId',
  });
};
