import { routes as alertmanager } from './alertmanager/routes.ts';

/** Routes by which other programs report. */
export const routes = { ...alertmanager };
