import { routes as dashboards } from './dashboards/routes.ts';
import { routes as metrics } from './metrics/routes.ts';
import { routes as rules } from './rules/routes.ts';
import { routes as sla } from './sla/routes.ts';

/** Routes of the function that takes metrics, judges them, and answers for the record. */
export const measureRoutes = { ...metrics, ...rules, ...sla, ...dashboards };
