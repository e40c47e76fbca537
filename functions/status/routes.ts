import { routes as notices } from './notices/routes.ts';
import { routes as pages } from './pages/routes.ts';
import { routes as subscribers } from './subscribers/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...pages, ...notices, ...subscribers };
