import { routes as metrics } from './metrics/routes.ts';
import { routes as rules } from './rules/routes.ts';

/** Routes of the function that takes metrics and judges them. */
export const measureRoutes = { ...metrics, ...rules };
