import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../local/emulator/gateway/policy.ts';
import { BUILT_IN_ROLES } from '../../../functions/auth/roles/grants.ts';
import {
  baseOf,
  MAX_POLICY_BYTES,
  mayCall,
  policyFor,
  type GatewayRoute,
  type Principal,
} from '../../../functions/auth/authorizer/policy.ts';
import { authorizerRoutes } from '../../../infra/surface.ts';

const ARN = 'arn:aws:execute-api:eu-central-1:111122223333:abcdef1234/prod';
const BASE = baseOf(`${ARN}/GET/api/auth/me`);

const real = authorizerRoutes();

/** The route that a concrete request goes to: at each segment a fixed one comes before a parameter. */
const routed = (routes: readonly GatewayRoute[], method: string, path: string): GatewayRoute | undefined => {
  const segments = path.split('/');
  return routes
    .filter(([name, pattern]) => {
      const parts = pattern.split('/');
      return (
        name === method &&
        parts.length === segments.length &&
        parts.every((part, i) => (part.startsWith('{') ? segments[i] !== '' : part === segments[i]))
      );
    })
    .sort(([, a], [, b]) => specificity(b).localeCompare(specificity(a)))[0];
};
const specificity = (path: string): string =>
  path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '0' : '1'))
    .join('');

const isAllowed = (routes: readonly GatewayRoute[], who: Principal, request: string): boolean =>
  verdictOf(routes, who)(request);

const SEGMENTS = ['a', 'b', 'c', 'alerts'];
const segment = fc.constantFrom(...SEGMENTS, '{id}');
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const permission = fc.constantFrom(
  'monitoring.read',
  'monitoring.write',
  'monitoring.alert.read',
  'security.audit.read',
  'any',
);
const routeTable = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('GET', 'POST'),
    path,
    permission,
    fc.boolean(),
    fc.constantFrom(undefined, 'monitoring.read', 'security.status.read'),
  ),
  {
    minLength: 1,
    maxLength: 25,
    selector: ([method, template]) => `${method} ${template}`,
  },
);
const principal = fc.record({
  permissions: fc.array(
    fc.constantFrom(
      '*',
      'monitoring.*',
      'monitoring.read',
      'monitoring.alert.*',
      'security.*',
      'security.audit.read',
      'security.status.read',
    ),
    { maxLength: 3 },
  ),
  restricted: fc.boolean(),
});
/** The template with every combination of values: some that look like nothing else, some that look like other routes. */
const concrete = (template: string): string[] => {
  const at = template.indexOf('{id}');
  if (at < 0) return [template];
  return ['42', ...SEGMENTS].flatMap((value) => concrete(template.slice(0, at) + value + template.slice(at + 4)));
};

const requestsFor = (routes: readonly GatewayRoute[]): { request: string; route: GatewayRoute }[] =>
  routes.flatMap(([method, template]) =>
    concrete(template).flatMap((asked) => {
      const route = routed(routes, method, asked);
      return route ? [{ request: `${method}${asked}`, route }] : [];
    }),
  );

const verdictOf = (routes: readonly GatewayRoute[], who: Principal): ((request: string) => boolean) => {
  const verdict = compilePolicy(policyFor(BASE, routes, who));
  return (request) => verdict(`${ARN}/${request}`) === 'allow';
};

/**
 * A route that no words of IAM deny without denying a request for an allowed one, as each two of them share what comes: its
 * handler refuses it alone. That a third route might take that very request is not looked for.
 */
const isExcused = (routes: readonly GatewayRoute[], who: Principal, route: GatewayRoute): boolean => {
  const [method, path] = route;
  const denial = new RegExp(`^${method}${path.replaceAll('{id}', '.*')}$`);
  const allowed = routes.filter((other) => mayCall(other, who));
  return allowed.some((other) =>
    requestsFor([route, other]).some((each) => each.route === other && denial.test(each.request)),
  );
};

describe('a policy', () => {
  it('never denies what the principal may call, for any routes and permissions', () => {
    fc.assert(
      fc.property(routeTable, principal, (routes, who) => {
        const verdict = verdictOf(routes, who);
        for (const { request, route } of requestsFor(routes)) {
          if (mayCall(route, who)) expect([request, verdict(request)]).toEqual([request, true]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never allows what the principal may not call, for any routes that IAM can tell apart', () => {
    fc.assert(
      fc.property(routeTable, principal, (routes, who) => {
        const verdict = verdictOf(routes, who);
        for (const { request, route } of requestsFor(routes)) {
          if (mayCall(route, who) || !verdict(request) || isExcused(routes, who, route)) continue;
          expect([request, 'allowed']).toEqual([request, 'denied']);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is exact for every route of ours, for every built-in role and every single permission', () => {
    const single = [...new Set(real.flatMap(([, , name, , narrower]) => [name, narrower ?? name]))].map((name) => ({
      permissions: [name],
    }));
    for (const { permissions } of [...Object.values(BUILT_IN_ROLES), ...single]) {
      for (const restricted of [false, true]) {
        const who = { permissions, restricted };
        const verdict = verdictOf(real, who);
        const asked = real
          .filter(([, , permission]) => permission !== 'public')
          .map((route) => ({ route, request: `${route[0]}${route[1].replace(/\{\w+\}/g, 'x1')}` }));
        expect(asked.filter(({ request }) => verdict(request))).toEqual(
          asked.filter(({ route }) => mayCall(route, who)),
        );
      }
    }
  });

  it.each(Object.entries(BUILT_IN_ROLES))('fits into the 8 KB of the gateway: %s', (_name, { permissions }) => {
    const policy = policyFor(BASE, real, { permissions, restricted: false });
    expect(JSON.stringify(policy).length).toBeLessThan(MAX_POLICY_BYTES);
  });

  it('fits into the 8 KB of the gateway: a role of its own with every permission, or with every one but one', () => {
    const every = [...new Set(real.flatMap(([, , name, , narrower]) => [name, narrower ?? name]))].filter(
      (name) => name !== 'public' && name !== 'any',
    );
    for (const missing of [undefined, ...every]) {
      const permissions = every.filter((name) => name !== missing);
      const policy = policyFor(BASE, real, { permissions, restricted: false });
      expect([missing, JSON.stringify(policy).length < MAX_POLICY_BYTES]).toEqual([missing, true]);
    }
  });

  it('fits into the 8 KB of the gateway however long the table gets', () => {
    const many: GatewayRoute[] = Array.from({ length: 400 }, (_, i) => [
      'GET',
      `/api/a-rather-long-name-of-a-context-${i}/things/{id}/action`,
      i % 2 ? 'monitoring.read' : 'oncall.read',
      false,
    ]);
    const policy = policyFor(BASE, many, { permissions: ['monitoring.*'], restricted: false });
    expect(JSON.stringify(policy).length).toBeLessThan(MAX_POLICY_BYTES);
    expect(compilePolicy(policy)(`${ARN}/GET/api/a-rather-long-name-of-a-context-1/things/1/action`)).toBe('allow');
  });

  it('of an administrator is one pattern', () => {
    expect(policyFor(BASE, real, { permissions: ['*'], restricted: false }).Statement).toEqual([
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${BASE}/*`] },
    ]);
  });

  it('denies everything where nothing is allowed, since a policy must have a statement', () => {
    const policy = policyFor(BASE, [['GET', '/a', 'monitoring.read', false]], { permissions: [], restricted: false });
    expect(policy.Statement).toEqual([{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${BASE}/*`] }]);
  });

  it('denies beside a parameter what the parameter would match too', () => {
    const routes: GatewayRoute[] = [
      ['GET', '/users/{id}', 'monitoring.read', false],
      ['GET', '/users/{id}/secrets', 'security.audit.read', false],
      ['GET', '/users/admins', 'security.audit.read', false],
    ];
    const who = { permissions: ['monitoring.read'], restricted: false };
    expect(isAllowed(routes, who, 'GET/users/1')).toBe(true);
    expect(isAllowed(routes, who, 'GET/users/1/secrets')).toBe(false);
    expect(isAllowed(routes, who, 'GET/users/admins')).toBe(false);
  });
});
