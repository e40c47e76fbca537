import { routes as config } from './config/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...config };
