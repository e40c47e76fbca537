import type { Route, Routes } from '../shared/http/route.ts';
import { routes as alerts } from '../functions/alerts/routes.ts';
import { routes as audit } from '../functions/audit/routes.ts';
import { routes as auth } from '../functions/auth/routes.ts';
import { routes as docs } from '../functions/docs/routes.ts';
import { routes as health } from '../functions/health/routes.ts';
import { routes as integrations } from '../functions/integrations/routes.ts';

/** The routes of every context that has an HTTP surface. */
export const SURFACE: Readonly<Record<string, Routes>> = { auth, alerts, health, integrations, audit, docs };

export interface SurfaceRoute extends Route {
  readonly context: string;
  /** Key of the route in its table, unique over all contexts: the operation's id. */
  readonly operationId: string;
}

/** All routes of the product, in the order of their contexts. */
export const surface = (): readonly SurfaceRoute[] =>
  Object.entries(SURFACE).flatMap(([context, routes]) =>
    Object.entries(routes).map(([operationId, route]) => ({ ...route, context, operationId })),
  );
