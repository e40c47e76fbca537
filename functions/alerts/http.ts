import { http } from '../../shared/http/handler.ts';
import { outcomesOf } from '../../shared/http/outcomes.ts';
import { reply } from '../../shared/http/route.ts';
import { queryAlerts, queryGroups, queryReceivers } from './alertmanager/query-alerts.ts';
import { getSilence, querySilences } from './alertmanager/query-silences.ts';
import { figures, FIGURES_TYPE, getStatus } from './alertmanager/status.ts';
import { deps } from './deps.ts';
import { raiseAlert } from './intake/raise-alert.ts';
import { routes } from './routes.ts';
import { expireSilence } from './silences/expire-silence.ts';
import { saveSilence } from './silences/save-silence.ts';
import { listSubscriptions } from './subscriptions/list-subscriptions.ts';
import { subscribe } from './subscriptions/subscribe.ts';
import { unsubscribe } from './subscriptions/unsubscribe.ts';
import { acknowledgeAlert } from './verbs/acknowledge-alert.ts';
import { addNote } from './verbs/add-note.ts';
import { assignAlert } from './verbs/assign-alert.ts';
import { getAlert } from './verbs/get-alert.ts';
import { listAlerts } from './verbs/list-alerts.ts';
import { listTimeline } from './verbs/list-timeline.ts';
import { resolveAlert } from './verbs/resolve-alert.ts';
import { snoozeAlert } from './verbs/snooze-alert.ts';
import { unacknowledgeAlert } from './verbs/unacknowledge-alert.ts';

/** The verb for one alert, for each of many. */
const ofMany = <Rest extends object, T>(
  { ids, ...rest }: Rest & { readonly ids: readonly string[] },
  act: (one: Omit<Rest, 'ids'> & { readonly id: string }) => Promise<T>,
) => outcomesOf(ids, (id) => act({ ...rest, id }));

export type Deps = ReturnType<typeof deps>;

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps) =>
  http(routes, {
    raiseAlert: async (request) => {
      const raised = await raiseAlert(depsOf(), request, request.body);
      if ('accepted' in raised) return reply({ status: 202, body: raised });
      return reply({ status: raised.opened ? 201 : 200, body: raised.alert });
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
    acknowledgeAlerts: (request) => ofMany(request.body, (one) => acknowledgeAlert(depsOf(), request, one)),
    unacknowledgeAlerts: (request) => ofMany(request.body, (one) => unacknowledgeAlert(depsOf(), request, one)),
    resolveAlerts: (request) => ofMany(request.body, (one) => resolveAlert(depsOf(), request, one)),
    snoozeAlerts: (request) => ofMany(request.body, (one) => snoozeAlert(depsOf(), request, one)),
    assignAlerts: (request) => ofMany(request.body, (one) => assignAlert(depsOf(), request, one)),
    listSubscriptions: ({ query }) => listSubscriptions(depsOf(), query),
    subscribe: (request) => subscribe(depsOf(), request, request.body),
    unsubscribe: ({ params }) => unsubscribe(depsOf(), params),
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
  });

export const handler = surface(deps);
