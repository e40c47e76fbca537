import type { Route, Routes } from '../shared/http/route.ts';
import { routes as alerts } from '../functions/alerts/routes.ts';
import { routes as audit } from '../functions/audit/routes.ts';
import { routes as auth } from '../functions/auth/routes.ts';
import { routes as docs } from '../functions/docs/routes.ts';
import { collectRoutes } from '../functions/health/collect-routes.ts';
import { measureRoutes } from '../functions/health/measure-routes.ts';
import { watchRoutes } from '../functions/health/watch-routes.ts';
import { routes as incidents } from '../functions/incidents/routes.ts';
import { routes as integrations } from '../functions/integrations/routes.ts';
import { opsgenieRoutes } from '../functions/integrations/opsgenie-routes.ts';
import { pagerDutyRoutes } from '../functions/integrations/pagerduty-routes.ts';
import { resourcesRoutes } from '../functions/integrations/resources-routes.ts';
import { routes as oncall } from '../functions/oncall/routes.ts';
import { routes as paging } from '../functions/paging/routes.ts';
import { routes as status } from '../functions/status/routes.ts';

/**
 * The routes of every function that has an HTTP surface. A context is one such function, or has one for each group of routes
 * that would not fit into one bundle, or that may do what the others may not: `health-collect`.
 */
const SERVED = {
  auth,
  alerts,
  'health-watch': watchRoutes,
  'health-measure': measureRoutes,
  'health-collect': collectRoutes,
  oncall,
  paging,
  incidents,
  status,
  integrations,
  'integrations-opsgenie': opsgenieRoutes,
  'integrations-pagerduty': pagerDutyRoutes,
  'integrations-resources': resourcesRoutes,
  audit,
  docs,
} as const satisfies Readonly<Record<string, Routes>>;
export const SURFACE: Readonly<Record<string, Routes>> = SERVED;

type ContextOf<Name extends string> = Name extends `${infer Context}-${string}` ? Context : Name;
type SurfaceContext = ContextOf<keyof typeof SERVED>;

/** The subject of a context's routes, for readers of the contract. */
export const ABOUT: Readonly<Record<SurfaceContext, string>> = {
  auth: 'Logins, sessions, users, roles and machine keys',
  alerts: 'Alerts from the first report to the end, silences and subscriptions',
  paging: 'Contacts and notification rules of users, and the pages of an alert',
  incidents: 'Incidents, their timelines and reviews, and analytics',
  status: 'Status pages for readers outside: components, public incidents, maintenance',
  health: 'Monitors, metrics, alert rules, SLAs and configuration',
  oncall: 'Services, teams, routing, escalation policies, schedules, and who is on call',
  integrations: 'Integrations, and endpoints that speak the protocols of other programs',
  audit: 'The audit trail: who did what, and when',
  docs: 'This document, and the pages that explain it',
};

/**
 * The parts of the gateway, each a nested stack, by how the paths in it begin; the longest beginning decides. A path stays in
 * its part whichever function serves it, because CloudFormation would make it in the new stack before it goes from the old
 * one. So an entry never changes for paths that are deployed (docs/adr/0096-the-gateway-is-divided-by-path.md).
 */
export const GATEWAY_PARTS: Readonly<Record<string, readonly string[]>> = {
  Access: ['/api/auth', '/api/users', '/api/people', '/api/roles', '/api/api-keys', '/api/security'],
  Alerts: ['/api/monitoring/alerts', '/api/monitoring/subscriptions'],
  Incidents: ['/api/monitoring/incidents', '/api/monitoring/incident-rules', '/api/monitoring/analytics'],
  Monitoring: ['/api/monitoring'],
  Oncall: ['/api/oncall', '/api/services', '/api/teams', '/api/routing'],
  Status: ['/api/status'],
  Vendors: ['/v2', '/generic', '/api.pagerduty.com'],
  Others: [''],
};

export interface SurfaceRoute extends Route {
  readonly context: string;
  /** Name of the function that serves it. */
  readonly servedBy: string;
  /** Key of the route in its table, unique over all contexts: the operation's id. */
  readonly operationId: string;
}

/** All routes of the product, in the order of their contexts. */
export const surface = (): readonly SurfaceRoute[] =>
  Object.entries(SURFACE).flatMap(([servedBy, routes]) =>
    Object.entries(routes).map(([operationId, route]) => ({
      ...route,
      context: servedBy.split('-', 1)[0] ?? servedBy,
      servedBy,
      operationId,
    })),
  );

/**
 * The routes that are not public, as the authorizer knows them. Clients of a vendor's surface may end a path with a slash, which
 * a policy compares as text: so each of those paths is there with and without one.
 */
export const authorizerRoutes = () =>
  surface()
    .filter(({ permission }) => permission !== 'public')
    .flatMap(({ method, path, permission, whileRestricted = false, narrower, tolerant }) =>
      (tolerant ? [path, `${path}/`] : [path]).map((each) =>
        narrower === undefined
          ? ([method, each, permission, whileRestricted] as const)
          : ([method, each, permission, whileRestricted, narrower] as const),
      ),
    );
