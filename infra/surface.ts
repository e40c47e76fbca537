import type { Route, Routes } from '../shared/http/route.ts';
import { routes as alerts } from '../functions/alerts/routes.ts';
import { routes as audit } from '../functions/audit/routes.ts';
import { routes as auth } from '../functions/auth/routes.ts';
import { routes as docs } from '../functions/docs/routes.ts';
import { routes as health } from '../functions/health/routes.ts';
import { routes as integrations } from '../functions/integrations/routes.ts';
import { routes as oncall } from '../functions/oncall/routes.ts';
import { routes as paging } from '../functions/paging/routes.ts';

/** The routes of every context that has an HTTP surface. */
export const SURFACE: Readonly<Record<string, Routes>> = {
  auth,
  alerts,
  health,
  oncall,
  paging,
  integrations,
  audit,
  docs,
};

/** What the routes of a context are about, for readers of the contract. */
export const ABOUT: Readonly<Record<string, string>> = {
  auth: 'Who is calling, and what they may do: logins, sessions, users, roles, machine keys',
  alerts: 'What is wrong, until it is over, and who is told of it',
  paging: 'Who is woken: contacts, escalation policies, and each page',
  health: 'What is watched and measured, and by which thresholds',
  oncall: 'Whose a service is, which way an event goes, and who is on call',
  integrations: 'What other programs already speak',
  audit: 'Who did what, and when',
  docs: 'This contract',
};

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
