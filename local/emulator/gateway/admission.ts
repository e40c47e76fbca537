import type { LocalClock } from '../types.ts';
import type { Api } from './api.ts';
import type { Authorized } from './authorizer.ts';
import { Refusal } from './refusal.ts';
import { header, type GatewayRequest } from './request.ts';
import type { Route } from './router.ts';
import { createLimits } from './throttle.ts';
import type { UsageKey, UsageKeys } from './usage.ts';

/**
 * API keys and limits. A method that asks for a key gets an enabled one that a usage plan holds for this stage, or
 * the request is refused; then the plan's throttle (of the method, then of the key), its quota and the throttle of
 * the stage's method count, in this order.
 */
export function createAdmission(options: {
  readonly api: Api;
  readonly usageKeys: UsageKeys;
  readonly clock: Pick<LocalClock, 'now'>;
}): (route: Route, request: GatewayRequest, authorized: Authorized | undefined) => UsageKey | undefined {
  const { api, usageKeys, clock } = options;
  const limits = createLimits(clock);

  const presentedKey = (request: GatewayRequest, authorized: Authorized | undefined): UsageKey | undefined => {
    const value = api.apiKeySource === 'AUTHORIZER' ? authorized?.usageIdentifierKey : header(request, 'x-api-key');
    const key = value === undefined ? undefined : usageKeys.findByValue(value);
    return key?.enabled ? key : undefined;
  };

  return (route, request, authorized) => {
    const { method } = route;
    const name = `${method.resourcePath}/${method.httpMethod}`;
    let key: UsageKey | undefined;
    if (method.apiKeyRequired) {
      key = presentedKey(request, authorized);
      const plan = key && usageKeys.planFor(key, api.id, api.stage);
      if (!key || !plan) throw new Refusal('INVALID_API_KEY');
      const owner = `${plan.id} ${key.id}`;
      const stage = plan.stages.find((each) => each.apiId === api.id && each.stage === api.stage);
      const ofMethod = stage?.methodThrottles[name];
      if (ofMethod && !limits.take(`${owner} ${name}`, ofMethod)) throw new Refusal('THROTTLED');
      if (plan.throttle && !limits.take(owner, plan.throttle)) throw new Refusal('THROTTLED');
      if (plan.quota && !limits.count(owner, plan.quota)) throw new Refusal('QUOTA_EXCEEDED');
    }
    if (method.throttle && !limits.take(name, method.throttle)) throw new Refusal('THROTTLED');
    return key;
  };
}
