import { routes as analytics } from './analytics/routes.ts';
import { routes as lifecycle } from './lifecycle/routes.ts';
import { routes as review } from './review/routes.ts';
import { routes as rules } from './rules/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...lifecycle, ...review, ...rules, ...analytics };
