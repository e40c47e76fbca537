import type { LocalClock, LocalLog } from '../types.ts';
import type { LocalLambdas } from '../lambda/lambdas.ts';
import type { Api, ApiAuthorizer } from './api.ts';
import { compilePolicy, type Policy, type Verdict } from './policy.ts';
import { Refusal } from './refusal.ts';
import { methodArn, parameter, proxyEvent, type GatewayRequest } from './request.ts';
import type { Route } from './router.ts';

export interface Authorized {
  /** As `requestContext.authorizer`: every value of the authorizer's context is a string. */
  readonly context: Readonly<Record<string, string | number>>;
  readonly usageIdentifierKey: string | undefined;
}

interface Decision extends Authorized {
  readonly verdict: (methodArn: string) => Verdict;
}

/**
 * Lambda authorizers with their result cache. An answer is kept for the authorizer's TTL (in moved time) under the
 * values of its identity sources, for all methods alike, and its policy is evaluated for each request. Requests
 * that come while the first is being decided share its answer.
 */
export function createAuthorizers(options: {
  readonly api: Api;
  readonly lambdas: Pick<LocalLambdas, 'invoke'>;
  readonly clock: Pick<LocalClock, 'now'>;
  readonly log: LocalLog;
}): (route: Route, request: GatewayRequest) => Promise<Authorized> {
  const { api, lambdas, clock, log } = options;
  const cache = new Map<string, { readonly until: number; readonly decision: Promise<Decision> }>();

  const decide = async (authorizer: ApiAuthorizer, route: Route, request: GatewayRequest): Promise<Decision> => {
    const started = performance.now();
    let answer: unknown;
    try {
      answer = await lambdas.invoke(authorizer.functionArn, authorizerEvent(api, authorizer, route, request));
    } catch (error) {
      // The one message that API Gateway tells from a failure.
      if (error instanceof Error && error.message === 'Unauthorized') throw new Refusal('UNAUTHORIZED');
      log('gateway', 'The authorizer failed', error);
      throw new Refusal('AUTHORIZER_FAILURE');
    }
    try {
      return readDecision(answer, Math.round(performance.now() - started));
    } catch (error) {
      log('gateway', 'The authorizer gave no valid answer', error);
      throw new Refusal('AUTHORIZER_CONFIGURATION_ERROR');
    }
  };

  const cached = (authorizer: ApiAuthorizer, identity: readonly string[], route: Route, request: GatewayRequest) => {
    if (authorizer.ttlMs === 0 || identity.length === 0) return decide(authorizer, route, request);
    const key = JSON.stringify([authorizer.id, ...identity]);
    const now = clock.now();
    const found = cache.get(key);
    if (found && found.until > now) return found.decision;
    const decision = decide(authorizer, route, request);
    if (cache.size > 10_000) cache.clear();
    cache.set(key, { until: now + authorizer.ttlMs, decision });
    // A refusal is no answer: the next request asks again.
    decision.catch(() => cache.delete(key));
    return decision;
  };

  return async (route, request) => {
    const authorizer = route.method.authorizer as ApiAuthorizer;
    const identity = authorizer.identitySources.map(
      (source) => parameter(source, request, route.pathParameters, api) ?? '',
    );
    if (identity.some((value) => value === '')) throw new Refusal('UNAUTHORIZED');
    if (authorizer.validation && !authorizer.validation.test(identity[0] ?? '')) throw new Refusal('UNAUTHORIZED');
    const decision = await cached(authorizer, identity, route, request);
    const verdict = decision.verdict(methodArn(api, request));
    if (verdict === 'explicit deny') {
      const text = 'User is not authorized to access this resource with an explicit deny';
      throw new Refusal('ACCESS_DENIED', text, undefined, decision.context);
    }
    if (verdict === 'implicit deny') throw new Refusal('ACCESS_DENIED', undefined, undefined, decision.context);
    return decision;
  };
}

function authorizerEvent(api: Api, authorizer: ApiAuthorizer, route: Route, request: GatewayRequest): object {
  const arn = methodArn(api, request);
  if (authorizer.type === 'TOKEN') {
    const [source = ''] = authorizer.identitySources;
    return {
      type: 'TOKEN',
      methodArn: arn,
      authorizationToken: parameter(source, request, route.pathParameters, api),
    };
  }
  const nobody = { authorizer: undefined, apiKey: undefined, apiKeyId: undefined };
  const {
    body: _body,
    isBase64Encoded: _encoded,
    ...event
  } = proxyEvent(api, route.method, route.pathParameters, { ...request, body: Buffer.alloc(0) }, nobody) as Record<
    string,
    unknown
  >;
  return { type: 'REQUEST', methodArn: arn, ...event };
}

function readDecision(answer: unknown, integrationLatency: number): Decision {
  const { principalId, policyDocument, context, usageIdentifierKey } = (answer ?? {}) as {
    principalId?: unknown;
    policyDocument?: Policy;
    context?: Record<string, unknown>;
    usageIdentifierKey?: string;
  };
  if (principalId === undefined || principalId === null) throw new TypeError('principalId is missing');
  if (!policyDocument?.Statement) throw new TypeError('policyDocument is missing');
  const values: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(context ?? {})) {
    if (value === null) continue;
    if (typeof value === 'object') throw new TypeError(`context.${key} is neither string, number nor boolean`);
    values[key] = String(value);
  }
  return {
    verdict: compilePolicy(policyDocument),
    context: { ...values, principalId: String(principalId), integrationLatency },
    usageIdentifierKey: usageIdentifierKey ?? undefined,
  };
}
