import { routes as monitors } from './monitors/routes.ts';

/** Routes of the one API function that connects to targets. */
export const collectRoutes = { collectHealth: monitors.collectHealth, tryCheck: monitors.tryCheck };
