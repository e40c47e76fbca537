import { routes as catalogue } from './catalogue/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...catalogue };
