import { routes as changes } from './changes/routes.ts';
import { routes as receipts } from './receipts/routes.ts';
import { routes as rejected } from './rejected/routes.ts';
import { routes as resources } from './resources/routes.ts';

/** Routes by which people manage integrations, and read what was reported besides alerts. */
export const resourcesRoutes = { ...resources, ...changes, ...receipts, ...rejected };
