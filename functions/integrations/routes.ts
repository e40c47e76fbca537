import { routes as alertmanager } from './alertmanager/routes.ts';
import { routes as generic } from './generic/routes.ts';
import { routes as pagerDuty } from './pagerduty/routes.ts';

/** Routes by which other programs report. */
export const routes = { ...alertmanager, ...generic, ...pagerDuty };
