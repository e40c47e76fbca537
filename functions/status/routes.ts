import { routes as notices } from './notices/routes.ts';
import { routes as pages } from './pages/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...pages, ...notices };
