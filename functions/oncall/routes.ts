import { routes as catalogue } from './catalogue/routes.ts';
import { routes as contacts } from './contacts/routes.ts';
import { routes as policies } from './policies/routes.ts';
import { routes as rota } from './rota/routes.ts';
import { routes as routing } from './routing/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...catalogue, ...routing, ...rota, ...policies, ...contacts };
