import { aws_apigateway as apigateway, NestedStack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { gatewayPathOf } from '../../shared/http/gateway-path.ts';
import type { SurfaceRoute } from '../surface.ts';

export interface GatewayRoutesProps {
  readonly api: apigateway.RestApi;
  readonly routes: readonly SurfaceRoute[];
  /** Names of the nested stacks, with the beginnings of the paths in each; the longest beginning decides. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** By the name of the function. */
  readonly integrations: Readonly<Record<string, apigateway.Integration>>;
  readonly authorizer: apigateway.IAuthorizer;
  readonly validator: apigateway.IRequestValidator;
  /** What a body must be before a function is paid for it. */
  readonly jsonObject: apigateway.IModel;
}

/**
 * A resource and a method of the gateway for each route, and one greedy resource for each surface of a vendor. They are divided
 * into nested stacks by the beginnings of their paths. Resources above more than one part stay in the stack of the API.
 */
export class GatewayRoutes extends Construct {
  readonly publicMethods: apigateway.Method[] = [];
  private readonly props: GatewayRoutesProps;
  private readonly beginnings: readonly (readonly [beginning: string, part: string])[];
  private readonly stacks = new Map<string, NestedStack>();
  private readonly resources = new Map<string, apigateway.IResource>();

  constructor(scope: Construct, id: string, props: GatewayRoutesProps) {
    super(scope, id);
    this.props = props;
    this.beginnings = Object.entries(props.parts)
      .flatMap(([part, beginnings]) => beginnings.map((beginning) => [beginning, part] as const))
      .sort(([one], [other]) => other.length - one.length);
    this.resources.set('', props.api.root);
    for (const [path, methods] of methodsOf(props.routes)) {
      for (const [method, route] of methods) this.addMethod(path, method, route);
    }
  }

  private addMethod(path: string, method: string, route: SurfaceRoute): void {
    const { integrations, authorizer, validator, jsonObject } = this.props;
    const integration = integrations[route.servedBy];
    if (!integration) throw new Error(`There is no function ${route.servedBy}, which serves ${route.operationId}`);
    const isPublic = route.permission === 'public';
    const params = [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => `method.request.path.${name}`);
    const resource = this.resourceAt(path);
    const made = new apigateway.Method(this.scopeOf(path), `${method}${path}`, {
      httpMethod: method,
      resource,
      integration,
      options: {
        operationName: operationNameOf(method, route),
        authorizationType: isPublic ? apigateway.AuthorizationType.NONE : apigateway.AuthorizationType.CUSTOM,
        ...(!isPublic && { authorizer, apiKeyRequired: true }),
        requestParameters: Object.fromEntries(params.map((name) => [name, true])),
        requestValidator: validator,
        ...(takesJsonObject(route) && { requestModels: { 'application/json': jsonObject } }),
      },
    });
    if (isPublic) this.publicMethods.push(made);
  }

  private resourceAt(path: string): apigateway.IResource {
    const known = this.resources.get(path);
    if (known) return known;
    const cut = path.lastIndexOf('/');
    const made = new apigateway.Resource(this.scopeOf(path), path, {
      parent: this.resourceAt(path.slice(0, cut)),
      pathPart: path.slice(cut + 1),
    });
    this.resources.set(path, made);
    return made;
  }

  /** The nested stack of a path; the stack of the API for a path above the beginning of another part. */
  private scopeOf(path: string): Construct {
    const part = this.beginnings.find(([beginning]) => `${path}/`.startsWith(`${beginning}/`))?.[1];
    if (part === undefined) throw new Error(`No part of the gateway takes ${path}: infra/surface.ts names the parts`);
    if (this.beginnings.some(([beginning, other]) => other !== part && beginning.startsWith(`${path}/`))) return this;
    const stack = this.stacks.get(part) ?? new NestedStack(this, part, { description: `Routes of Tocsin: ${part}` });
    this.stacks.set(part, stack);
    return stack;
  }
}

const operationNameOf = (method: string, { operationId, vendorRoot }: SurfaceRoute): string => {
  if (vendorRoot !== undefined) return `${method} below ${vendorRoot}`;
  return method === OTHERS ? `Refuse other methods of ${operationId}` : operationId;
};

/** All methods that a path does not have. */
const OTHERS = 'ANY';

/** The gateway refuses what is no JSON object; the function tells what is wrong inside it, with a pointer to each field. */
const takesJsonObject = ({ body, bodyOptional, tolerant }: SurfaceRoute): boolean =>
  body !== undefined && !bodyOptional && !tolerant;

type Methods = ReadonlyMap<string, SurfaceRoute>;

/** The methods of the gateway by path, each with its route, or with one that stands for all below a vendor's root. */
const methodsOf = (routes: readonly SurfaceRoute[]): ReadonlyMap<string, Methods> => {
  const paths = new Map<string, Map<string, SurfaceRoute>>();
  const own = new Set(routes.filter(({ vendorRoot }) => vendorRoot === undefined).map(({ path }) => path));
  for (const route of routes) {
    if (!route.path.startsWith(`${route.vendorRoot ?? ''}/`)) {
      throw new Error(`${route.operationId}: ${route.path} is not below ${route.vendorRoot}`);
    }
    if (route.vendorRoot !== undefined && own.has(route.path)) {
      throw new Error(`${route.operationId}: ${route.path} has a resource of its own, where the gateway looks for it`);
    }
    const path = gatewayPathOf(route);
    const methods = paths.get(path) ?? new Map<string, SurfaceRoute>();
    const other = methods.get(route.method);
    if (other && !areOneMethod(route, other)) {
      throw new Error(`The gateway cannot serve ${route.operationId} and ${other.operationId} by one method`);
    }
    paths.set(path, methods.set(route.method, other ?? route));
    // Below a vendor's root the greedy resource has them. Here the function refuses them, in the shape of the vendor.
    if (route.vendorRoot === undefined && route.keyInBody && route.refusal) methods.set(OTHERS, route);
  }
  return paths;
};

const areOneMethod = (one: SurfaceRoute, other: SurfaceRoute): boolean =>
  one.vendorRoot !== undefined &&
  one.servedBy === other.servedBy &&
  (one.permission === 'public') === (other.permission === 'public') &&
  takesJsonObject(one) === takesJsonObject(other) &&
  JSON.stringify(one.throttle) === JSON.stringify(other.throttle);

/** The throttles of the methods that have one of their own, by the name of each. */
export const methodThrottles = (routes: readonly SurfaceRoute[]): Record<string, apigateway.MethodDeploymentOptions> =>
  Object.fromEntries(
    routes.flatMap((route) =>
      route.throttle
        ? [
            [
              `${gatewayPathOf(route)}/${route.method}`,
              { throttlingRateLimit: route.throttle.requestsPerSecond, throttlingBurstLimit: route.throttle.burst },
            ],
          ]
        : [],
    ),
  );
