import { http } from '../../../shared/http/handler.ts';
import { reply, type ReplyWithMark } from '../../../shared/http/route.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { opsgenieDeps } from '../deps.ts';
import { changeAlert, createAlert, type ChangeName } from '../opsgenie/change-alert.ts';
import { countAlerts, getAlert, getRequest, listAlerts, listLogs, listNotes } from '../opsgenie/read-alerts.ts';
import { genieKeyIn, RATE_HEADERS } from '../opsgenie/refusal.ts';
import { opsgenieRoutes } from '../opsgenie-routes.ts';
import { integrationOfSender } from '../sender.ts';

export type Deps = ReturnType<typeof opsgenieDeps>;

interface Request {
  readonly caller: Caller;
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
      ...(status === 202 && { 'tocsin-event-id': requestId }),
    },
    body: { ...body, took, requestId },
  });
};

/** The routes of Opsgenie's Alert API. The dependencies are made at the first request. */
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
          return { body: { data: found, paging: pagingOf(query, total) } };
        }),
      countOpsgenieAlerts: ({ caller, query }) =>
        data(async () => ({ count: await countAlerts(depsOf(), integrationOfSender(caller), query) })),
      getOpsgenieRequest: ({ caller, params }) => data(() => getRequest(depsOf(), integrationOfSender(caller), params)),
      getOpsgenieAlert: ({ caller, params, query }) =>
        data(() => getAlert(depsOf(), integrationOfSender(caller), { ...params, ...query })),
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
      runOpsgenieAction: change('action'),
      setOpsgenieMessage: change('message'),
      setOpsgenieDescription: change('description'),
      setOpsgeniePriority: change('priority'),
    },
    (presented) => depsOf().genieKeys(presented),
  );
};

/** The addresses of other pages of a list, below the host that was asked. */
const pagingOf = (
  query: { readonly offset: number; readonly limit: number } & Readonly<Record<string, unknown>>,
  total: number,
): Readonly<Record<string, string>> => {
  const { offset, limit } = query;
  const at = (from: number): string => {
    const pairs = Object.entries({ ...query, offset: from }).filter(([, value]) => value !== undefined);
    return `/v2/alerts?${new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString()}`;
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
