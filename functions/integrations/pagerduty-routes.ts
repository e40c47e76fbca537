import { routes as rest } from './pagerduty-rest/routes.ts';
import { routes as webhooks } from './webhooks/routes.ts';

/** Routes of the function that speaks PagerDuty's REST API: it reads the whole of on-call, which others may not. */
export const pagerDutyRoutes = { ...rest, ...webhooks };
