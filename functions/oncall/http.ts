import { addContact, type AddContactDeps } from '../../shared/contacts/add-contact.ts';
import { SHARED } from '../../shared/contacts/contact.ts';
import { listContacts, type ListContactsDeps } from '../../shared/contacts/list-contacts.ts';
import { renewSecret, type RenewSecretDeps } from '../../shared/contacts/renew-secret.ts';
import { verifyContact, type VerifyContactDeps } from '../../shared/contacts/verify-contact.ts';
import { http } from '../../shared/http/handler.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { People, UserPermits } from '../auth/port.ts';
import { createService } from './catalogue/create-service.ts';
import { createTeam } from './catalogue/create-team.ts';
import { getService, getTeam, listServices, listTeams, type CatalogueDeps } from './catalogue/get.ts';
import { removeService } from './catalogue/remove-service.ts';
import { removeTeam } from './catalogue/remove-team.ts';
import { replaceService } from './catalogue/replace-service.ts';
import { replaceTeam } from './catalogue/replace-team.ts';
import { removeSharedContact, type RemoveSharedContactDeps } from './contacts/remove-shared-contact.ts';
import { catalogueDeps, contactDeps, policyDeps, requestKeys, rotaDeps, routingDeps } from './deps.ts';
import { createPolicy } from './policies/create-policy.ts';
import { getPolicy, listPolicies } from './policies/get.ts';
import type { NamedPolicies } from './policies/named.ts';
import { removePolicy, type RemovePolicyDeps } from './policies/remove-policy.ts';
import { savePolicy, type SavePolicyDeps } from './policies/save-policy.ts';
import type { PolicyStore } from './policies/store.ts';
import { addOverride } from './rota/add-override.ts';
import { acceptSwap, cancelSwap, declineSwap } from './rota/answer-swap.ts';
import { conditionally } from './rota/conditional.ts';
import { createSchedule } from './rota/create-schedule.ts';
import { addFeed, listFeeds, readFeed, removeFeed } from './rota/feeds.ts';
import { getSchedule, listOverrides, listSchedules, listSwaps, type NamingDeps } from './rota/get.ts';
import { listOnCall } from './rota/list-on-call.ts';
import { listShifts } from './rota/list-shifts.ts';
import { previewSchedule } from './rota/preview-schedule.ts';
import { removeOverride } from './rota/remove-override.ts';
import { removeSchedule } from './rota/remove-schedule.ts';
import { replaceSchedule } from './rota/replace-schedule.ts';
import { requestSwap } from './rota/request-swap.ts';
import { CALENDAR } from './rota/routes.ts';
import { routes } from './routes.ts';
import type { DecideDeps } from './routing/decide.ts';
import { getRouting } from './routing/get-routing.ts';
import { listUnrouted, type UnroutedDeps } from './routing/list-unrouted.ts';
import { setRouting } from './routing/set-routing.ts';
import type { RoutingStore } from './routing/store.ts';
import { testRouting } from './routing/test-routing.ts';

/** Dependencies of the routes of each room. A room is composed at its first request. */
export interface Deps {
  readonly catalogue: () => CatalogueDeps;
  readonly routing: () => DecideDeps &
    UnroutedDeps & {
      readonly clock: Clock;
      readonly policies: Pick<NamedPolicies, 'isThere'>;
      readonly routing: Pick<RoutingStore, 'current' | 'save'>;
    };
  readonly rota: () => NamingDeps & {
    readonly policies: Pick<NamedPolicies, 'naming'>;
    readonly people: People;
    readonly userPermits: UserPermits;
  };
  readonly policies: () => SavePolicyDeps & RemovePolicyDeps & { readonly policies: PolicyStore };
  readonly contacts: () => AddContactDeps &
    ListContactsDeps &
    VerifyContactDeps &
    RenewSecretDeps &
    RemoveSharedContactDeps;
}

/** The routes of this context. */
export const surface = ({ catalogue, routing, rota, policies, contacts }: Deps, keys = requestKeys) =>
  http(
    routes,
    {
      listServices: ({ query }) => listServices(catalogue(), query),
      createService: (request) => createService(catalogue(), request, request.body),
      getService: ({ params }) => getService(catalogue(), params),
      replaceService: (request) => replaceService(catalogue(), request, { ...request.body, ...request.params }),
      deleteService: (request) => removeService(catalogue(), request, request.params),
      listTeams: ({ query }) => listTeams(catalogue(), query),
      createTeam: (request) => createTeam(catalogue(), request, request.body),
      getTeam: ({ params }) => getTeam(catalogue(), params),
      replaceTeam: (request) => replaceTeam(catalogue(), request, { ...request.body, ...request.params }),
      deleteTeam: (request) => removeTeam(catalogue(), request, request.params),
      getRouting: () => getRouting(routing()),
      setRouting: (request) => setRouting(routing(), request, request.body),
      testRouting: ({ body }) => testRouting(routing(), body),
      listUnrouted: ({ query }) => listUnrouted(routing(), query),
      listSchedules: ({ query }) => listSchedules(rota(), query),
      createSchedule: (request) => createSchedule(rota(), request, request.body),
      getSchedule: ({ params }) => getSchedule(rota(), params),
      replaceSchedule: (request) => replaceSchedule(rota(), request, { ...request.body, ...request.params }),
      deleteSchedule: (request) => removeSchedule(rota(), request, request.params),
      listOverrides: ({ params }) => listOverrides(rota(), params),
      addOverride: (request) => addOverride(rota(), request, { ...request.body, ...request.params }),
      deleteOverride: (request) => removeOverride(rota(), request, request.params),
      listShifts: ({ params, query }) => listShifts(rota(), { ...query, ...params }),
      previewSchedule: ({ params, body }) => previewSchedule(rota(), { ...body, ...params }),
      listFeeds: ({ params }) => listFeeds(rota(), params),
      addFeed: (request) => addFeed(rota(), request, { ...request.body, ...request.params }),
      readFeed: async ({ params, header }) =>
        conditionally(await readFeed(rota(), params), { contentType: CALENDAR, isHead: false, header }),
      headFeed: async ({ params, header }) =>
        conditionally(await readFeed(rota(), params), { contentType: CALENDAR, isHead: true, header }),
      deleteFeed: (request) => removeFeed(rota(), request, request.params),
      listOnCall: ({ query }) => listOnCall(rota(), query),
      listSwaps: ({ query }) => listSwaps(rota(), query),
      requestSwap: (request) => requestSwap(rota(), request, request.body),
      acceptSwap: (request) => acceptSwap(rota(), request, request.params),
      declineSwap: (request) => declineSwap(rota(), request, request.params),
      cancelSwap: (request) => cancelSwap(rota(), request, request.params),
      listPolicies: ({ query }) => listPolicies(policies(), query),
      createPolicy: (request) => createPolicy(policies(), request, request.body),
      getPolicy: ({ params }) => getPolicy(policies(), params),
      savePolicy: (request) => savePolicy(policies(), request, { ...request.body, ...request.params }),
      deletePolicy: (request) => removePolicy(policies(), request, request.params),
      listSharedContacts: (request) => listContacts(contacts(), request, { owner: SHARED }),
      addSharedContact: (request) => addContact(contacts(), request, { ...request.body, owner: SHARED }),
      verifySharedContact: (request) =>
        verifyContact(contacts(), request, { ...request.body, ...request.params, owner: SHARED }),
      renewSharedSecret: (request) => renewSecret(contacts(), request, { ...request.params, owner: SHARED }),
      deleteSharedContact: (request) => removeSharedContact(contacts(), request, request.params),
    },
    { keys },
  );

export const handler = surface({
  catalogue: catalogueDeps,
  routing: routingDeps,
  rota: rotaDeps,
  policies: policyDeps,
  contacts: contactDeps,
});
