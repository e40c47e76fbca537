import { routes as config } from './config/routes.ts';
import { routes as cost } from './cost/routes.ts';
import { routes as monitors } from './monitors/routes.ts';
import { routes as overview } from './overview/routes.ts';

const { collectHealth: _, tryCheck: __, ...monitorRoutes } = monitors;

/** Routes of the function that knows what is watched, and how it is. */
export const watchRoutes = { ...config, ...monitorRoutes, ...overview, ...cost };
