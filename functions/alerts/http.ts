import { http } from '../../shared/http/handler.ts';
import { fitted, MOST_SUBJECTS, outcomesOf, type Outcome } from '../../shared/http/outcomes.ts';
import { eventIdHeader } from '../../shared/http/event-id-header.ts';
import { reply } from '../../shared/http/route.ts';
import { UNRESOLVED, withoutTexts, type Alert, type Status } from './alert.ts';
import { queryAlerts, queryGroups, queryReceivers } from './alertmanager/query-alerts.ts';
import { getSilence, querySilences } from './alertmanager/query-silences.ts';
import { figures, FIGURES_TYPE, getStatus } from './alertmanager/status.ts';
import { deps, requestKeys } from './deps.ts';
import { previewInhibition } from './inhibition/preview-inhibition.ts';
import { getInhibition, setInhibition } from './inhibition/set-inhibition.ts';
import { raiseAlert, type Identified } from './intake/raise-alert.ts';
import { routes, type OfMany } from './routes.ts';
import { changeSilence, createSilence, endSilence } from './silences/change-silence.ts';
import { expireSilence } from './silences/expire-silence.ts';
import { listSilences, readSilence } from './silences/list-silences.ts';
import { previewSilence } from './silences/preview-silence.ts';
import {
  createRecurringSilence,
  deleteRecurringSilence,
  listRecurringSilences,
  previewRecurrence,
  readRecurringSilence,
  replaceRecurringSilence,
} from './silences/recurring-silences.ts';
import { saveSilence } from './silences/save-silence.ts';
import { listSubscriptions } from './subscriptions/list-subscriptions.ts';
import { subscribe } from './subscriptions/subscribe.ts';
import { unsubscribe } from './subscriptions/unsubscribe.ts';
import { acknowledgeAlert } from './verbs/acknowledge-alert.ts';
import { addNote } from './verbs/add-note.ts';
import { assignAlert } from './verbs/assign-alert.ts';
import { acknowledgeByKey, resolveByKey } from './verbs/change-by-key.ts';
import { getAlert } from './verbs/get-alert.ts';
import { listAlerts } from './verbs/list-alerts.ts';
import { listTimeline } from './verbs/list-timeline.ts';
import { resolveAlert } from './verbs/resolve-alert.ts';
import { snoozeAlert } from './verbs/snooze-alert.ts';
import { unacknowledgeAlert } from './verbs/unacknowledge-alert.ts';
import { createView, deleteView, listViews, replaceView } from './views/views.ts';

export type Deps = ReturnType<typeof deps>;

/** 202 for what is applied later. */
const byKey = ({ eventId, ...body }: Identified) =>
  reply({ status: 'accepted' in body ? 202 : 200, headers: eventIdHeader(eventId), body });

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps, keys = requestKeys) => {
  /** The verb for one alert, for each of many: those that are named, or the next that fit a query and are in a state that it changes. */
  const ofMany = async <Rest extends OfMany>(
    { ids, query, cursor, ...rest }: Rest,
    among: readonly Status[],
    act: (one: Omit<Rest, keyof OfMany> & { readonly id: string }) => Promise<Alert>,
  ): Promise<{ readonly items: readonly Outcome<Alert>[]; readonly next: string | null }> => {
    const page = ids === undefined && (await listAlerts(depsOf(), { query, cursor, among, limit: MOST_SUBJECTS }));
    const named = page ? page.items.map(({ id }) => id) : (ids ?? []);
    const { items } = await outcomesOf(named, (id) => act({ ...rest, id }));
    return { items: fitted(items, withoutTexts), next: page ? page.next : null };
  };
  return http(
    routes,
    {
      raiseAlert: async (request) => {
        const { eventId, ...raised } = await raiseAlert(depsOf(), request, {
          ...request.body,
          requestKey: request.requestKey,
        });
        const headers = eventIdHeader(eventId);
        if ('accepted' in raised) return reply({ status: 202, headers, body: raised });
        return reply({ status: raised.opened ? 201 : 200, headers, body: raised.alert });
      },
      listAlerts: ({ query }) => listAlerts(depsOf(), query),
      getAlert: ({ params }) => getAlert(depsOf(), params),
      listAlertTimeline: ({ params, query }) => listTimeline(depsOf(), { ...params, ...query }),
      acknowledgeAlert: (request) => acknowledgeAlert(depsOf(), request, { ...request.body, ...request.params }),
      unacknowledgeAlert: (request) => unacknowledgeAlert(depsOf(), request, { ...request.body, ...request.params }),
      resolveAlert: (request) => resolveAlert(depsOf(), request, { ...request.body, ...request.params }),
      snoozeAlert: (request) => snoozeAlert(depsOf(), request, { ...request.body, ...request.params }),
      assignAlert: (request) => assignAlert(depsOf(), request, { ...request.body, ...request.params }),
      addAlertNote: (request) => addNote(depsOf(), request, { ...request.body, ...request.params }),
      acknowledgeAlerts: (request) => ofMany(request.body, ['open'], (one) => acknowledgeAlert(depsOf(), request, one)),
      unacknowledgeAlerts: (request) =>
        ofMany(request.body, ['acknowledged'], (one) => unacknowledgeAlert(depsOf(), request, one)),
      resolveAlerts: (request) => ofMany(request.body, UNRESOLVED, (one) => resolveAlert(depsOf(), request, one)),
      snoozeAlerts: (request) => ofMany(request.body, UNRESOLVED, (one) => snoozeAlert(depsOf(), request, one)),
      assignAlerts: (request) => ofMany(request.body, UNRESOLVED, (one) => assignAlert(depsOf(), request, one)),
      acknowledgeAlertByKey: async (request) => byKey(await acknowledgeByKey(depsOf(), request, request.body)),
      resolveAlertByKey: async (request) => byKey(await resolveByKey(depsOf(), request, request.body)),
      listSubscriptions: ({ query }) => listSubscriptions(depsOf(), query),
      subscribe: (request) => subscribe(depsOf(), request, request.body),
      unsubscribe: ({ params }) => unsubscribe(depsOf(), params),
      listSilences: ({ query }) => listSilences(depsOf(), query),
      createSilence: (request) => createSilence(depsOf(), request, request.body),
      previewSilence: ({ body }) => previewSilence(depsOf(), body),
      readSilence: ({ params }) => readSilence(depsOf(), params),
      changeSilence: (request) => changeSilence(depsOf(), request, { ...request.body, ...request.params }),
      endSilence: (request) => endSilence(depsOf(), request, request.params),
      listRecurringSilences: () => listRecurringSilences(depsOf()),
      createRecurringSilence: (request) => createRecurringSilence(depsOf(), request, request.body),
      previewRecurrence: async ({ body }) => previewRecurrence(depsOf(), body),
      readRecurringSilence: ({ params }) => readRecurringSilence(depsOf(), params),
      replaceRecurringSilence: (request) =>
        replaceRecurringSilence(depsOf(), request, { ...request.body, ...request.params }),
      deleteRecurringSilence: (request) => deleteRecurringSilence(depsOf(), request, request.params),
      getInhibition: () => getInhibition(depsOf()),
      setInhibition: (request) => setInhibition(depsOf(), request, request.body),
      previewInhibition: ({ body }) => previewInhibition(depsOf(), body),
      listViews: (request) => listViews(depsOf(), request, request.query),
      createView: (request) => createView(depsOf(), request, request.body),
      replaceView: (request) => replaceView(depsOf(), request, { ...request.body, ...request.params }),
      deleteView: (request) => deleteView(depsOf(), request, request.params),
      getAlertmanagerStatus: async () => getStatus(depsOf()),
      getAlertmanagerMetrics: async () =>
        reply({ status: 200, headers: { 'content-type': FIGURES_TYPE }, body: figures() }),
      queryAlertmanagerAlerts: ({ query }) => queryAlerts(depsOf(), query),
      queryAlertmanagerGroups: ({ query }) => queryGroups(depsOf(), query),
      listAlertmanagerReceivers: async ({ query }) => queryReceivers(depsOf(), query),
      querySilences: ({ query }) => querySilences(depsOf(), query),
      saveSilence: (request) => saveSilence(depsOf(), request, request.body),
      getSilence: ({ params }) => getSilence(depsOf(), params),
      expireSilence: (request) => expireSilence(depsOf(), request, request.params),
    },
    { keys },
  );
};

export const handler = surface(deps);
