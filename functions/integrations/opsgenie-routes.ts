import { heartbeatRoutes } from './opsgenie/heartbeat-routes.ts';
import { rosterRoutes } from './opsgenie/roster-routes.ts';
import { routes } from './opsgenie/routes.ts';
import { searchRoutes } from './opsgenie/search-routes.ts';

/** Routes of the function that speaks Opsgenie: it reads alerts, which the one that only takes events may not. */
export const opsgenieRoutes = { ...routes, ...heartbeatRoutes, ...rosterRoutes, ...searchRoutes };
