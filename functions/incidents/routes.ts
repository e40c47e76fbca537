import { routes as lifecycle } from './lifecycle/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...lifecycle };
