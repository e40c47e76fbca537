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
import { routes as oncall } from '../functions/oncall/routes.ts';
import { routes as paging } from '../functions/paging/routes.ts';

/**
 * The routes of every function that has an HTTP surface. A context is one such function, or has one for each group of routes
 * that would not fit into one bundle, or that may do what the others may not: `health-collect`.
 */
export const SURFACE: Readonly<Record<string, Routes>> = {
  auth,
  alerts,
  'health-watch': watchRoutes,
  'health-measure': measureRoutes,
  'health-collect': collectRoutes,
  oncall,
  paging,
  incidents,
  integrations,
  audit,
  docs,
};

/** What the routes of a context are about, for readers of the contract. */
export const ABOUT: Readonly<Record<string, string>> = {
  auth: 'Who is calling, and what they may do: logins, sessions, users, roles, machine keys',
  alerts: 'What is wrong, until it is over, and who is told of it',
  paging: 'Who is paged: the contacts and notification rules of users, and every page',
  incidents: 'What people do together about what is wrong, and what they learn from it',
  health: 'What is watched and measured, and by which thresholds',
  oncall: 'Who owns a service, which policy an event follows, who is on call, and which steps a policy has',
  integrations: 'What other programs already speak',
  audit: 'Who did what, and when',
  docs: 'This contract',
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
