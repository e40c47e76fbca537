import {
  aws_apigatewayv2 as apigatewayv2,
  aws_lambda as lambda,
  aws_logs as logs,
  CfnOutput,
  Fn,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { gatewayPathOf } from '../../shared/http/gateway-path.ts';
import type { StageConfig } from '../config.ts';
import type { SurfaceRoute } from '../surface.ts';

export interface IngestApiProps {
  readonly stage: StageConfig;
  readonly routes: readonly SurfaceRoute[];
  /** ARNs of the functions that serve routes, by name. */
  readonly functionArns: Readonly<Record<string, string>>;
  readonly accessLogFormat: string;
}

/**
 * A second address for the routes whose key the function itself checks, by an HTTP API, whose requests cost a dollar a million instead of three
 * and a half. It calls the same functions with the same events, and each route has the throttle that it has at the REST API.
 * See docs/adr/0108-machines-may-send-to-a-cheaper-address.md.
 */
export class IngestApi extends Construct {
  /** What it serves, for those who acknowledge that no authorizer asks for a caller. */
  readonly methods: readonly apigatewayv2.CfnRoute[];
  readonly apiId: string;

  readonly accessLog: logs.ILogGroup;

  constructor(scope: Construct, id: string, { stage, routes, functionArns, accessLogFormat }: IngestApiProps) {
    super(scope, id);
    const served = routes.filter(({ presentedKey, keyInBody }) => presentedKey !== undefined || keyInBody);
    const api = new apigatewayv2.CfnApi(this, 'Api', {
      name: `tocsin-${stage.name}-ingest`,
      description: `Tocsin, stage ${stage.name}: what machines send with a key of their own`,
      protocolType: 'HTTP',
    });
    this.apiId = api.ref;
    const names = [...new Set(served.map(({ servedBy }) => servedBy))];
    const integrations = new Map(
      names.map((name) => [name, this.integrationWith(api, name, functionArns[name] ?? '')]),
    );
    this.methods = [...new Map(served.map((route) => [routeKeyOf(route), route])).entries()].map(
      ([routeKey, { operationId, method, vendorRoot, servedBy }]) =>
        new apigatewayv2.CfnRoute(this, vendorRoot === undefined ? operationId : `${method}${vendorRoot}`, {
          apiId: api.ref,
          routeKey,
          operationName: vendorRoot === undefined ? operationId : `${method} below ${vendorRoot}`,
          target: Fn.join('/', ['integrations', integrations.get(servedBy)?.ref ?? '']),
        }),
    );
    this.accessLog = new logs.LogGroup(this, 'AccessLog', {
      retention: stage.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const deployed = new apigatewayv2.CfnStage(this, 'Stage', {
      apiId: api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: this.accessLog.logGroupArn, format: accessLogFormat },
      defaultRouteSettings: { throttlingRateLimit: stage.requestsPerSecond, throttlingBurstLimit: stage.burst },
      routeSettings: Object.fromEntries(
        served.flatMap(({ throttle, ...route }) =>
          throttle
            ? [
                [
                  routeKeyOf(route),
                  { ThrottlingRateLimit: throttle.requestsPerSecond, ThrottlingBurstLimit: throttle.burst },
                ],
              ]
            : [],
        ),
      ),
    });
    // Settings of a route that is not there yet are refused.
    for (const method of this.methods) deployed.addDependency(method);
    new CfnOutput(Stack.of(this), 'IngestUrl', {
      value: `${api.attrApiEndpoint}/`,
      description: 'Address for Alertmanager and Prometheus, whose requests cost less there',
    });
  }

  private integrationWith(api: apigatewayv2.CfnApi, name: string, functionArn: string): apigatewayv2.CfnIntegration {
    const { partition, region, account } = Stack.of(this);
    new lambda.CfnPermission(this, `Invoke-${name}`, {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:${partition}:execute-api:${region}:${account}:${api.ref}/*`,
    });
    return new apigatewayv2.CfnIntegration(this, `To-${name}`, {
      apiId: api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: functionArn,
      // The event of the REST API, which functions take.
      payloadFormatVersion: '1.0',
      timeoutInMillis: 29_000,
    });
  }
}

const routeKeyOf = (route: Pick<SurfaceRoute, 'method' | 'path' | 'vendorRoot'>): string =>
  `${route.method} ${gatewayPathOf(route)}`;
