import { routes as chats } from './chats/routes.ts';
import { routes as contacts } from './contacts/routes.ts';
import { routes as escalations } from './escalations/routes.ts';
import { routes as links } from './links/routes.ts';
import { routes as rules } from './rules/routes.ts';

/** The routes of all rooms of this context. */
export const routes = { ...contacts, ...escalations, ...links, ...chats, ...rules };
