import { addContact } from '../../shared/contacts/add-contact.ts';
import { SHARED } from '../../shared/contacts/contact.ts';
import { listContacts } from '../../shared/contacts/list-contacts.ts';
import { renewSecret } from '../../shared/contacts/renew-secret.ts';
import { verifyContact } from '../../shared/contacts/verify-contact.ts';
import { http } from '../../shared/http/handler.ts';
import { createService } from './catalogue/create-service.ts';
import { createTeam } from './catalogue/create-team.ts';
import { getService, getTeam, listServices, listTeams } from './catalogue/get.ts';
import { removeService } from './catalogue/remove-service.ts';
import { removeTeam } from './catalogue/remove-team.ts';
import { replaceService } from './catalogue/replace-service.ts';
import { replaceTeam } from './catalogue/replace-team.ts';
import { removeSharedContact } from './contacts/remove-shared-contact.ts';
import { catalogueDeps, contactDeps, policyDeps, rotaDeps, routingDeps } from './deps.ts';
import { createPolicy } from './policies/create.ts';
import { getPolicy, listPolicies } from './policies/get.ts';
import { removePolicy } from './policies/remove.ts';
import { savePolicy } from './policies/save.ts';
import { addOverride } from './rota/add-override.ts';
import { acceptSwap, cancelSwap, declineSwap } from './rota/answer-swap.ts';
import { conditionally } from './rota/conditional.ts';
import { createSchedule } from './rota/create-schedule.ts';
import { addFeed, listFeeds, readFeed, removeFeed } from './rota/feeds.ts';
import { getSchedule, listOverrides, listSchedules, listSwaps } from './rota/get.ts';
import { now } from './rota/now.ts';
import { preview } from './rota/preview.ts';
import { removeOverride } from './rota/remove-override.ts';
import { removeSchedule } from './rota/remove-schedule.ts';
import { replaceSchedule } from './rota/replace-schedule.ts';
import { requestSwap } from './rota/request-swap.ts';
import { shifts } from './rota/shifts.ts';
import { CALENDAR } from './rota/routes.ts';
import { routes } from './routes.ts';
import { decide } from './routing/decide.ts';
import { getRouting, listUnrouted } from './routing/get-routing.ts';
import { setRouting } from './routing/set-routing.ts';

export const handler = http(routes, {
  listServices: ({ query }) => listServices(catalogueDeps(), query),
  createService: ({ body, caller, origin }) => createService(catalogueDeps(), caller, origin, body),
  getService: ({ params }) => getService(catalogueDeps(), params.id),
  replaceService: ({ params, body, caller, origin }) =>
    replaceService(catalogueDeps(), caller, origin, params.id, body),
  deleteService: ({ params, caller, origin }) => removeService(catalogueDeps(), caller, origin, params.id),
  listTeams: ({ query }) => listTeams(catalogueDeps(), query),
  createTeam: ({ body, caller, origin }) => createTeam(catalogueDeps(), caller, origin, body),
  getTeam: ({ params }) => getTeam(catalogueDeps(), params.id),
  replaceTeam: ({ params, body, caller, origin }) => replaceTeam(catalogueDeps(), caller, origin, params.id, body),
  deleteTeam: ({ params, caller, origin }) => removeTeam(catalogueDeps(), caller, origin, params.id),
  getRouting: () => getRouting(routingDeps()),
  setRouting: ({ body, caller, origin }) => setRouting(routingDeps(), caller, origin, body),
  testRouting: ({ body }) =>
    decide(routingDeps(), body.event, body.at === undefined ? routingDeps().clock.now() : new Date(body.at)),
  listUnrouted: ({ query }) => listUnrouted(routingDeps(), query),
  listSchedules: ({ query }) => listSchedules(rotaDeps(), query),
  createSchedule: ({ body, caller, origin }) => createSchedule(rotaDeps(), caller, origin, body),
  getSchedule: ({ params }) => getSchedule(rotaDeps(), params.id),
  replaceSchedule: ({ params, body, caller, origin }) => replaceSchedule(rotaDeps(), caller, origin, params.id, body),
  deleteSchedule: ({ params, caller, origin }) => removeSchedule(rotaDeps(), caller, origin, params.id),
  listOverrides: ({ params }) => listOverrides(rotaDeps(), params.id),
  addOverride: ({ params, body, caller, origin }) => addOverride(rotaDeps(), caller, origin, params.id, body),
  deleteOverride: ({ params, caller, origin }) =>
    removeOverride(rotaDeps(), caller, origin, params.id, params.override),
  listShifts: ({ params, query }) => shifts(rotaDeps(), params.id, query),
  previewSchedule: ({ params, body }) => preview(rotaDeps(), params.id, body),
  listFeeds: ({ params }) => listFeeds(rotaDeps(), params.id),
  addFeed: ({ params, body, caller, origin }) => addFeed(rotaDeps(), caller, origin, params.id, body),
  readFeed: async ({ params, header }) =>
    conditionally(await readFeed(rotaDeps(), params.id, params.key), { contentType: CALENDAR, isHead: false, header }),
  headFeed: async ({ params, header }) =>
    conditionally(await readFeed(rotaDeps(), params.id, params.key), { contentType: CALENDAR, isHead: true, header }),
  deleteFeed: ({ params, caller, origin }) => removeFeed(rotaDeps(), caller, origin, params.id, params.key),
  listOnCall: ({ query }) => now(rotaDeps(), query),
  listSwaps: ({ query }) => listSwaps(rotaDeps(), query),
  requestSwap: ({ body, caller, origin }) => requestSwap(rotaDeps(), caller, origin, body),
  acceptSwap: ({ params, caller, origin }) => acceptSwap(rotaDeps(), caller, origin, params.id),
  declineSwap: ({ params, caller, origin }) => declineSwap(rotaDeps(), caller, origin, params.id),
  cancelSwap: ({ params, caller, origin }) => cancelSwap(rotaDeps(), caller, origin, params.id),
  listPolicies: ({ query }) => listPolicies(policyDeps(), query),
  createPolicy: (request) => createPolicy(policyDeps(), request, request.body),
  getPolicy: ({ params }) => getPolicy(policyDeps(), params),
  savePolicy: (request) => savePolicy(policyDeps(), request, { ...request.params, ...request.body }),
  deletePolicy: (request) => removePolicy(policyDeps(), request, request.params),
  listSharedContacts: (request) => listContacts(contactDeps(), request, { owner: SHARED }),
  addSharedContact: (request) => addContact(contactDeps(), request, { owner: SHARED, ...request.body }),
  verifySharedContact: (request) =>
    verifyContact(contactDeps(), request, { owner: SHARED, ...request.params, ...request.body }),
  renewSharedSecret: (request) => renewSecret(contactDeps(), request, { owner: SHARED, ...request.params }),
  deleteSharedContact: (request) => removeSharedContact(contactDeps(), request, request.params),
});
