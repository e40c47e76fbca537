import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { acknowledge } from './verbs/acknowledge-alert.ts';
import { assign } from './verbs/assign-alert.ts';
import { getSilence, querySilences } from './alertmanager/query-silences.ts';
import { queryAlerts, queryGroups, queryReceivers } from './alertmanager/query-alerts.ts';
import { figures, FIGURES_TYPE, status } from './alertmanager/status.ts';
import { alertmanagerDeps, deps, subscriptionDeps } from './deps.ts';
import { get } from './verbs/get-alert.ts';
import { list } from './verbs/list-alerts.ts';
import { listTimeline } from './verbs/list-timeline.ts';
import { listSubscriptions } from './subscriptions/list-subscriptions.ts';
import { note } from './verbs/add-note.ts';
import { raise } from './intake/raise-alert.ts';
import { resolve } from './verbs/resolve-alert.ts';
import { routes } from './routes.ts';
import { expireSilence } from './silences/expire-silence.ts';
import { saveSilence } from './silences/save-silence.ts';
import { snooze } from './verbs/snooze-alert.ts';
import { subscribe } from './subscriptions/subscribe.ts';
import { unacknowledge } from './verbs/unacknowledge-alert.ts';
import { unsubscribe } from './subscriptions/unsubscribe.ts';

export const handler = http(routes, {
  raiseAlert: async ({ body, caller }) => {
    const raised = await raise(deps(), caller, body);
    if ('accepted' in raised) return reply({ status: 202, body: raised });
    return reply({ status: raised.opened ? 201 : 200, body: raised.alert });
  },
  listAlerts: ({ query }) => list(deps(), query),
  getAlert: ({ params }) => get(deps(), params.id),
  listAlertTimeline: ({ params, query }) => listTimeline(deps(), params.id, query),
  acknowledgeAlert: ({ params, body, caller }) => acknowledge(deps(), caller, { id: params.id, ...body }),
  unacknowledgeAlert: ({ params, body, caller }) => unacknowledge(deps(), caller, { id: params.id, ...body }),
  resolveAlert: ({ params, body, caller }) => resolve(deps(), caller, { id: params.id, ...body }),
  snoozeAlert: ({ params, body, caller }) => snooze(deps(), caller, { id: params.id, ...body }),
  addAlertNote: ({ params, body, caller }) => note(deps(), caller, { id: params.id, ...body }),
  listSubscriptions: ({ query }) => listSubscriptions(subscriptionDeps(), query),
  subscribe: ({ body, caller }) => subscribe(subscriptionDeps(), caller, body),
  unsubscribe: ({ params }) => unsubscribe(subscriptionDeps(), params.id),
  assignAlert: ({ params, body, caller }) => assign(deps(), caller, { id: params.id, ...body }),
  getAlertmanagerStatus: async () => status(alertmanagerDeps().startedAt),
  getAlertmanagerMetrics: async () =>
    reply({ status: 200, headers: { 'content-type': FIGURES_TYPE }, body: figures() }),
  queryAlertmanagerAlerts: ({ query }) => queryAlerts(alertmanagerDeps(), query),
  queryAlertmanagerGroups: ({ query }) => queryGroups(alertmanagerDeps(), query),
  listAlertmanagerReceivers: async ({ query }) => queryReceivers(alertmanagerDeps().clock, query.receiver_matchers),
  querySilences: ({ query }) => querySilences(alertmanagerDeps(), query),
  saveSilence: ({ body, caller, origin }) => saveSilence(alertmanagerDeps(), caller, origin, body),
  getSilence: ({ params }) => getSilence(alertmanagerDeps(), params.id),
  expireSilence: ({ params, caller, origin }) => expireSilence(alertmanagerDeps(), caller, origin, params.id),
});
