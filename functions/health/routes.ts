import { routes as config } from './config/routes.ts';
import { routes as metrics } from './metrics/routes.ts';
import { routes as monitors } from './monitors/routes.ts';
import { routes as overview } from './overview/routes.ts';
import { routes as rules } from './rules/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...config, ...metrics, ...monitors, ...overview, ...rules };
