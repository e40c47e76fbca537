import { http } from '../../../shared/http/handler.ts';
import { eventIdHeader } from '../../../shared/http/event-id-header.ts';
import { reply, type ReplyWithMark } from '../../../shared/http/route.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { opsgenieDeps } from '../deps.ts';
import { attachFile, deleteAttachment, getAttachment, listAttachments } from '../opsgenie/attachments.ts';
import {
  changeHeartbeat,
  createHeartbeat,
  deleteHeartbeat,
  getHeartbeat,
  listHeartbeats,
  pingHeartbeat,
  switchHeartbeat,
} from '../opsgenie/keep-heartbeats.ts';
import {
  getEscalation,
  getNextOnCalls,
  getOnCalls,
  getSchedule,
  getTeam,
  getUser,
  listEscalations,
  listOnCalls,
  listSchedules,
  listTeams,
  listUsers,
} from '../opsgenie/read-roster.ts';
import { changeAlert, createAlert, type ChangeName } from '../opsgenie/change-alert.ts';
import { countAlerts, getAlert, getRequest, listAlerts, listLogs, listNotes } from '../opsgenie/read-alerts.ts';
import { isAlias } from '../opsgenie/find-alert.ts';
import { genieKeyIn, noSuchPath, RATE_HEADERS } from '../opsgenie/refusal.ts';
import { createSearch, deleteSearch, getSearch, listSearches, updateSearch } from '../opsgenie/saved-searches.ts';
import { opsgenieRoutes } from '../opsgenie-routes.ts';
import { integrationOfSender } from '../sender.ts';

export type Deps = ReturnType<typeof opsgenieDeps>;

interface Request {
  readonly caller: Caller;
  readonly origin: Origin;
  readonly text: string;
  readonly query: object;
  readonly params: Readonly<Record<string, string>>;
  readonly header: (name: string) => string | undefined;
}

/** Answers as Opsgenie does, with what its SDKs read from each answer: how long it took, and the id of the request. */
const answering = async (
  { clock }: { readonly clock: Clock },
  run: () => Promise<{ readonly status?: number; readonly body: object; readonly requestId?: string }>,
): Promise<ReplyWithMark> => {
  const began = clock.now();
  const { status = 200, body, requestId = newId('req', began) } = await run();
  const took = Math.max(1, clock.now().getTime() - began.getTime()) / 1000;
  return reply({
    status,
    headers: {
      ...RATE_HEADERS,
      'x-request-id': requestId,
      'x-response-time': String(took),
      ...(status === 202 && eventIdHeader(requestId)),
    },
    body: { ...body, took, requestId },
  });
};

/** The routes of Opsgenie's API. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps) => {
  const accepted = (run: () => Promise<string>): Promise<ReplyWithMark> =>
    answering(depsOf(), async () => {
      const requestId = await run();
      return { status: 202, body: { result: 'Request will be processed' }, requestId };
    });
  const change = (name: ChangeName) => (request: Request) =>
    accepted(() => {
      const { identifier = '', action } = request.params;
      const { identifierType } = request.query as { readonly identifierType?: string };
      const asked = {
        integration: integrationOfSender(request.caller),
        text: request.text,
        query: request.query as Readonly<Record<string, unknown>>,
      };
      return changeAlert(depsOf(), asked, name, { identifier, identifierType, ...(action && { name: action }) });
    });
  const data = (run: () => Promise<unknown>): Promise<ReplyWithMark> =>
    answering(depsOf(), async () => ({ body: { data: await run() } }));

  const ping = (request: Request) =>
    answering(depsOf(), async () => {
      const requestId = await pingHeartbeat(depsOf(), request, { name: request.params['name'] ?? '' });
      return { status: 202, body: { result: 'PONG - Heartbeat received' }, requestId };
    });

  return http(
    opsgenieRoutes,
    {
      createOpsgenieAlert: ({ caller, text, query, header }) =>
        accepted(() => {
          const integration = integrationOfSender(caller);
          return createAlert(depsOf(), { integration, text, query }, genieKeyIn(header('authorization')) ?? '');
        }),
      listOpsgenieAlerts: ({ caller, query }) =>
        answering(depsOf(), async () => {
          const { total, data: found } = await listAlerts(depsOf(), integrationOfSender(caller), query);
          return { body: { data: found, paging: pagingOf('/v2/alerts', query, total) } };
        }),
      countOpsgenieAlerts: ({ caller, query }) =>
        data(async () => ({ count: await countAlerts(depsOf(), integrationOfSender(caller), query) })),
      getOpsgenieRequest: ({ caller, params }) => data(() => getRequest(depsOf(), integrationOfSender(caller), params)),
      getOpsgenieAlert: ({ caller, params, query }) =>
        data(() => {
          const named = { ...params, ...query };
          // Only an alias may have a slash: this is a path that nobody serves.
          if (named.identifier.includes('/') && !isAlias(named)) throw noSuchPath();
          return getAlert(depsOf(), integrationOfSender(caller), named);
        }),
      listOpsgenieNotes: ({ caller, params, query }) =>
        data(() => listNotes(depsOf(), integrationOfSender(caller), { ...params, ...query })),
      listOpsgenieLogs: ({ caller, params, query }) =>
        data(() => listLogs(depsOf(), integrationOfSender(caller), { ...params, ...query })),
      deleteOpsgenieAlert: change('delete'),
      acknowledgeOpsgenieAlert: change('acknowledge'),
      unacknowledgeOpsgenieAlert: change('unacknowledge'),
      closeOpsgenieAlert: change('close'),
      snoozeOpsgenieAlert: change('snooze'),
      addOpsgenieNote: change('note'),
      assignOpsgenieAlert: change('assign'),
      addOpsgenieTags: change('addtags'),
      removeOpsgenieTags: change('removetags'),
      addOpsgenieDetails: change('adddetails'),
      removeOpsgenieDetails: change('removedetails'),
      addOpsgenieResponder: change('addresponder'),
      addOpsgenieTeam: change('addteam'),
      escalateOpsgenieAlert: change('escalate'),
      attachToOpsgenieAlert: ({ caller, text, header, params, query }) =>
        answering(depsOf(), async () => {
          const asked = { integration: integrationOfSender(caller), text, contentType: header('content-type') };
          return {
            status: 201,
            body: { result: 'Created', data: await attachFile(depsOf(), asked, { ...params, ...typeIn(query) }) },
          };
        }),
      listOpsgenieAttachments: ({ caller, params, query }) =>
        data(() => listAttachments(depsOf(), integrationOfSender(caller), { ...params, ...typeIn(query) })),
      getOpsgenieAttachment: ({ caller, params, query }) =>
        data(() => getAttachment(depsOf(), integrationOfSender(caller), { ...params, ...typeIn(query) })),
      deleteOpsgenieAttachment: ({ caller, params, query }) =>
        answering(depsOf(), async () => {
          await deleteAttachment(depsOf(), integrationOfSender(caller), { ...params, ...typeIn(query) });
          return { body: { result: 'Deleted' } };
        }),
      runOpsgenieAction: change('action'),
      setOpsgenieMessage: change('message'),
      setOpsgenieDescription: change('description'),
      setOpsgeniePriority: change('priority'),
      listOpsgenieHeartbeats: (request) => data(() => listHeartbeats(depsOf(), request)),
      createOpsgenieHeartbeat: (request) => data(() => createHeartbeat(depsOf(), request, request)),
      getOpsgenieHeartbeat: (request) => data(() => getHeartbeat(depsOf(), request, request.params)),
      changeOpsgenieHeartbeat: (request) =>
        data(() => changeHeartbeat(depsOf(), request, { ...request.params, text: request.text })),
      deleteOpsgenieHeartbeat: (request) => data(() => deleteHeartbeat(depsOf(), request, request.params)),
      enableOpsgenieHeartbeat: (request) =>
        data(() => switchHeartbeat(depsOf(), request, { ...request.params, enabled: true })),
      disableOpsgenieHeartbeat: (request) =>
        data(() => switchHeartbeat(depsOf(), request, { ...request.params, enabled: false })),
      pingOpsgenieHeartbeat: ping,
      getPingOpsgenieHeartbeat: ping,
      putPingOpsgenieHeartbeat: ping,
      patchPingOpsgenieHeartbeat: ping,
      listOpsgenieSearches: (request) => data(() => listSearches(depsOf(), request)),
      createOpsgenieSearch: (request) =>
        answering(depsOf(), async () => ({
          status: 201,
          body: { result: 'Created', data: await createSearch(depsOf(), request, request) },
        })),
      getOpsgenieSearch: (request) => data(() => getSearch(depsOf(), request, { ...request.params, ...request.query })),
      changeOpsgenieSearch: (request) =>
        answering(depsOf(), async () => {
          const wanted = { ...request.params, ...request.query, text: request.text };
          return { body: { result: 'Updated', data: await updateSearch(depsOf(), request, wanted) } };
        }),
      deleteOpsgenieSearch: (request) =>
        answering(depsOf(), async () => {
          await deleteSearch(depsOf(), request, { ...request.params, ...request.query });
          return { body: { result: 'Deleted' } };
        }),
      listOpsgenieSchedules: (request) => data(() => listSchedules(depsOf(), request, request.query)),
      listOpsgenieOnCalls: (request) => data(() => listOnCalls(depsOf(), request, request.query)),
      getOpsgenieSchedule: (request) =>
        data(() => getSchedule(depsOf(), request, { ...request.params, ...request.query })),
      getOpsgenieOnCalls: (request) => data(() => getOnCalls(depsOf(), request, onCallsIn(request))),
      getOpsgenieNextOnCalls: (request) => data(() => getNextOnCalls(depsOf(), request, onCallsIn(request))),
      listOpsgenieUsers: (request) =>
        answering(depsOf(), async () => {
          const { query } = request;
          const { total, data: found } = await listUsers(depsOf(), request, query);
          return { body: { data: found, totalCount: total, paging: pagingOf('/v2/users', query, total) } };
        }),
      getOpsgenieUser: (request) => data(() => getUser(depsOf(), request, { ...request.params, ...request.query })),
      listOpsgenieTeams: (request) => data(() => listTeams(depsOf(), request)),
      getOpsgenieTeam: (request) => data(() => getTeam(depsOf(), request, { ...request.params, ...request.query })),
      listOpsgenieEscalations: (request) => data(() => listEscalations(depsOf(), request)),
      getOpsgenieEscalation: (request) =>
        data(() => getEscalation(depsOf(), request, { ...request.params, ...request.query })),
    },
    { holders: (presented) => depsOf().genieKeys(presented) },
  );
};

/** Attachments have a name of their own for the type of an identifier. */
const typeIn = ({
  identifierType,
  alertIdentifierType,
}: {
  readonly identifierType?: string | undefined;
  readonly alertIdentifierType?: string | undefined;
}) => ({ identifierType: alertIdentifierType ?? identifierType });

interface OnCallsAsked {
  readonly params: { readonly identifier: string };
  readonly query: {
    readonly scheduleIdentifierType?: string | undefined;
    readonly flat?: string | undefined;
    readonly date?: string | undefined;
  };
}

/** Which schedule a request is about, in what form and when. */
const onCallsIn = ({ params, query: { scheduleIdentifierType, ...query } }: OnCallsAsked) => ({
  ...params,
  ...query,
  identifierType: scheduleIdentifierType,
});

/** The addresses of other pages of a list, below the host that was asked. */
const pagingOf = (
  path: string,
  query: { readonly offset: number; readonly limit: number } & Readonly<Record<string, unknown>>,
  total: number,
): Readonly<Record<string, string>> => {
  const { offset, limit } = query;
  const at = (from: number): string => {
    const pairs = Object.entries({ ...query, offset: from }).filter(([, value]) => value !== undefined);
    return `${path}?${new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString()}`;
  };
  const last = Math.max(0, Math.floor((total - 1) / limit) * limit);
  return {
    first: at(0),
    last: at(last),
    ...(offset + limit < total && { next: at(offset + limit) }),
    ...(offset > 0 && { prev: at(Math.max(0, offset - limit)) }),
  };
};

export const handler = surface(opsgenieDeps);
