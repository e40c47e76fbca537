import { routes } from './pagerduty-rest/routes.ts';

/** Routes of the function that speaks PagerDuty's REST API: it reads the whole of on-call, which others may not. */
export const pagerDutyRoutes = routes;
