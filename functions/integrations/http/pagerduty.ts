import { http } from '../../../shared/http/handler.ts';
import { parseJson } from '../../../shared/http/json.ts';
import { reply } from '../../../shared/http/route.ts';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import { tooLarge } from '../../../shared/kernel/errors.ts';
import type { Permission } from '../../../shared/kernel/permission.ts';
import { pagerDutyDeps } from '../deps.ts';
import { isFields } from '../pagerduty/event.ts';
import {
  addNote,
  createIncident,
  getAlertOf,
  getIncident,
  getLogEntry,
  listAlertsOf,
  listIncidents,
  listLogEntries,
  listNotes,
  MOST_CHANGED,
  snoozeIncident,
  updateIncident,
  updateIncidents,
  type Fields,
} from '../pagerduty-rest/incidents.ts';
import { listOnCalls } from '../pagerduty-rest/on-calls.ts';
import type { Query } from '../pagerduty-rest/paging.ts';
import { wrong } from '../pagerduty-rest/refusal.ts';
import { actingFor, assertMay } from '../pagerduty-rest/requester.ts';
import {
  getMe,
  getPolicy,
  getSchedule,
  getService,
  getTeam,
  getUser,
  hasAbility,
  listAbilities,
  listContactMethods,
  listMembers,
  listPolicies,
  listPriorities,
  listSchedules,
  listScheduleUsers,
  listServices,
  listTeams,
  listUsers,
} from '../pagerduty-rest/resources.ts';
import { pagerDutyRoutes } from '../pagerduty-routes.ts';
import {
  createWebhook,
  deleteWebhook,
  enableWebhook,
  getWebhook,
  listWebhooks,
  pingWebhook,
  renewWebhookSecret,
  updateWebhook,
} from '../webhooks/manage-webhooks.ts';

export type Deps = ReturnType<typeof pagerDutyDeps>;

interface Reading {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: object;
}

interface Writing extends Reading {
  readonly text: string;
  readonly header: (name: string) => string | undefined;
}

/** The object under a name of a body. */
const objectIn = (text: string, name?: string): Fields => {
  const body = text.trim() === '' ? {} : parseJson(text);
  const found = isFields(body) ? (name === undefined ? body : body[name]) : undefined;
  if (!isFields(found)) throw wrong(name === undefined ? 'The body must be an object.' : `${name} cannot be empty.`);
  return found;
};

const changesIn = (text: string): readonly Fields[] => {
  const { incidents } = objectIn(text);
  if (!Array.isArray(incidents) || incidents.length === 0 || !incidents.every(isFields)) {
    throw wrong('incidents must be a list of incidents.');
  }
  if (incidents.length > MOST_CHANGED)
    throw tooLarge('body.too_large', `Change at most ${MOST_CHANGED} incidents at once.`);
  return incidents;
};

/** What a change of incidents needs: resolving them is a permission of its own. */
const assertMayChange = (caller: Caller, changes: readonly Fields[]): void => {
  if (changes.some(({ status }) => status === 'resolved')) assertMay(caller, 'monitoring.alert.resolve');
  if (
    changes.some(({ status, ...rest }) => status !== 'resolved' || Object.keys(rest).some((name) => CHANGED.has(name)))
  ) {
    assertMay(caller, 'monitoring.alert.acknowledge');
  }
};
const CHANGED: ReadonlySet<string> = new Set(['title', 'priority', 'assignments', 'escalation_level']);

const WRITES: readonly [Permission] = ['monitoring.config.update'];
const ALERTS: readonly [Permission, Permission] = ['monitoring.alert.read', 'monitoring.read'];

/** The routes of PagerDuty's REST API. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps) => {
  const reads =
    <T>(permissions: readonly [Permission, ...Permission[]], run: (deps: Deps, request: Reading) => T) =>
    async (request: Reading): Promise<Awaited<T>> => {
      assertMay(request.caller, ...permissions);
      return await run(depsOf(), request);
    };
  const alerts = <T>(run: (deps: Deps, id: string, query: Query) => T) =>
    reads(ALERTS, (deps, { params, query }) => run(deps, params['id'] ?? '', query as Query));
  const oncall = <T>(run: (deps: Deps, id: string, query: Query) => T) =>
    reads(['oncall.read'], (deps, { params, query }) => run(deps, params['id'] ?? '', query as Query));
  const configures =
    <T>(permissions: readonly [Permission, ...Permission[]], run: (deps: Deps, request: Writing & Request) => T) =>
    async (request: Writing & Request): Promise<Awaited<T>> => {
      assertMay(request.caller, ...permissions);
      return await run(depsOf(), request);
    };
  /** The caller as timelines name them. A client of Go sends no `From` with a snooze. */
  const actor = async ({ caller, header }: Writing, isFromNeeded = true): Promise<Caller> =>
    actingFor(caller, header('from'), depsOf().organisation().people, isFromNeeded);

  return http(
    pagerDutyRoutes,
    {
      listPagerDutyAbilities: async () => listAbilities(),
      testPagerDutyAbility: async ({ params }) => reply({ status: hasAbility(params.id) ? 204 : 402 }),
      listPagerDutyIncidents: alerts((deps, _id, query) => listIncidents(deps, query)),
      createPagerDutyIncident: async (request) => {
        assertMay(request.caller, 'monitoring.write');
        const incident = objectIn(request.text, 'incident');
        const body = await createIncident(depsOf(), await actor(request), incident);
        return reply({ status: 201, body });
      },
      changePagerDutyIncidents: async (request) => {
        const changes = changesIn(request.text);
        assertMayChange(request.caller, changes);
        return updateIncidents(depsOf(), await actor(request), changes);
      },
      getPagerDutyIncident: alerts(getIncident),
      changePagerDutyIncident: async (request) => {
        const incident = objectIn(request.text, 'incident');
        assertMayChange(request.caller, [incident]);
        return updateIncident(depsOf(), await actor(request), request.params.id, incident);
      },
      snoozePagerDutyIncident: async (request) => {
        assertMay(request.caller, 'monitoring.alert.acknowledge');
        const by = await actor(request, false);
        return snoozeIncident(depsOf(), by, request.params.id, objectIn(request.text));
      },
      listPagerDutyNotes: alerts(listNotes),
      addPagerDutyNote: async (request) => {
        assertMay(request.caller, 'monitoring.alert.acknowledge');
        return addNote(depsOf(), await actor(request), request.params.id, objectIn(request.text, 'note'));
      },
      listPagerDutyLogEntries: alerts(listLogEntries),
      getPagerDutyLogEntry: alerts(getLogEntry),
      listPagerDutyAlerts: alerts(listAlertsOf),
      getPagerDutyAlert: reads(ALERTS, (deps, { params }) =>
        getAlertOf(deps, params['id'] ?? '', params['alertId'] ?? ''),
      ),
      listPagerDutyOnCalls: oncall((deps, _id, query) => listOnCalls(deps, query)),
      listPagerDutyUsers: oncall((deps, _id, query) => listUsers(deps, query)),
      getPagerDutyMe: ({ caller }) => getMe(depsOf(), caller),
      getPagerDutyUser: oncall(getUser),
      listPagerDutyContactMethods: oncall(listContactMethods),
      listPagerDutyServices: oncall((deps, _id, query) => listServices(deps, query)),
      getPagerDutyService: oncall(getService),
      listPagerDutySchedules: oncall((deps, _id, query) => listSchedules(deps, query)),
      getPagerDutySchedule: oncall(getSchedule),
      listPagerDutyScheduleUsers: oncall(listScheduleUsers),
      listPagerDutyPolicies: oncall((deps, _id, query) => listPolicies(deps, query)),
      getPagerDutyPolicy: oncall(getPolicy),
      listPagerDutyTeams: oncall((deps, _id, query) => listTeams(deps, query)),
      getPagerDutyTeam: oncall(getTeam),
      listPagerDutyMembers: oncall(listMembers),
      listPagerDutyWebhooks: configures(['monitoring.config.read'], (deps, { query }) =>
        listWebhooks(deps, query as Query),
      ),
      getPagerDutyWebhook: configures(['monitoring.config.read'], (deps, { params }) =>
        getWebhook(deps, params['id'] ?? ''),
      ),
      createPagerDutyWebhook: configures(WRITES, async (deps, request) => {
        const body = await createWebhook(deps, request, objectIn(request.text, 'webhook_subscription'));
        return reply({ status: 201, body });
      }),
      changePagerDutyWebhook: configures(WRITES, (deps, request) =>
        updateWebhook(deps, request, request.params['id'] ?? '', objectIn(request.text, 'webhook_subscription')),
      ),
      deletePagerDutyWebhook: configures(WRITES, async (deps, request) => {
        await deleteWebhook(deps, request, request.params['id'] ?? '');
        return reply({ status: 204 });
      }),
      enablePagerDutyWebhook: configures(WRITES, (deps, request) =>
        enableWebhook(deps, request, request.params['id'] ?? ''),
      ),
      pingPagerDutyWebhook: configures(WRITES, async (deps, { params }) => {
        await pingWebhook(deps, params['id'] ?? '');
        return reply({ status: 202 });
      }),
      renewPagerDutyWebhookSecret: configures(WRITES, (deps, request) =>
        renewWebhookSecret(deps, request, request.params['id'] ?? ''),
      ),
      listPagerDutyPriorities: alerts((_deps, _id, query) => listPriorities(query)),
    },
    { holders: (presented) => depsOf().requesters(presented) },
  );
};

export const handler = surface(pagerDutyDeps);
