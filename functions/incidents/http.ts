import { http } from '../../shared/http/handler.ts';
import { analyse } from './analytics/get-analytics.ts';
import { analyticsDeps, incidentDeps, linkDeps, reviewDeps, ruleDeps, tryDeps } from './deps.ts';
import { addTask } from './lifecycle/add-task.ts';
import { changeTask } from './lifecycle/change-task.ts';
import { change } from './lifecycle/change-incident.ts';
import { alerts, get, timeline } from './lifecycle/get-incident.ts';
import { linkAlert } from './lifecycle/link-alert.ts';
import { list } from './lifecycle/list-incidents.ts';
import { merge } from './lifecycle/merge-incidents.ts';
import { note } from './lifecycle/add-note.ts';
import { open } from './lifecycle/open-incident.ts';
import { pin } from './lifecycle/pin-entry.ts';
import { publishUpdate } from './lifecycle/publish-update.ts';
import { split } from './lifecycle/split-incident.ts';
import { unlinkAlert } from './lifecycle/unlink-alert.ts';
import { review } from './review/write-review.ts';
import { routes } from './routes.ts';
import { createRule } from './rules/create-rule.ts';
import { getRule, listRules } from './rules/get-rule.ts';
import { removeRule } from './rules/delete-rule.ts';
import { saveRule } from './rules/save-rule.ts';
import { tryRules } from './rules/try-rules.ts';

export const handler = http(routes, {
  listIncidents: ({ query, caller }) => list(incidentDeps(), caller, query),
  openIncident: ({ body, caller, origin }) => open(incidentDeps(), caller, origin, body),
  getIncident: ({ params, caller }) => get(incidentDeps(), caller, params.id),
  changeIncident: ({ params, body, caller, origin }) => change(incidentDeps(), caller, origin, params.id, body),
  listTimeline: ({ params, query, caller }) => timeline(incidentDeps(), caller, params.id, query),
  addIncidentNote: ({ params, body, caller, origin }) => note(incidentDeps(), caller, origin, params.id, body),
  pinEntry: ({ params, body, caller, origin }) =>
    pin(incidentDeps(), caller, origin, { incidentId: params.id, entryId: params.entryId, pinned: body.pinned }),
  addTask: ({ params, body, caller, origin }) => addTask(incidentDeps(), caller, origin, params.id, body),
  changeTask: ({ params, body, caller, origin }) =>
    changeTask(incidentDeps(), caller, origin, { incidentId: params.id, taskId: params.taskId }, body),
  listIncidentAlerts: ({ params, query, caller }) => alerts(incidentDeps(), caller, params.id, query),
  linkAlert: ({ params, body, caller, origin }) => linkAlert(linkDeps(), caller, origin, params.id, body),
  unlinkAlert: ({ params, caller, origin }) =>
    unlinkAlert(incidentDeps(), caller, origin, { incidentId: params.id, alertId: params.alertId }),
  mergeIncident: ({ params, body, caller, origin }) =>
    merge(incidentDeps(), caller, origin, { into: params.id, from: body.incidentId }),
  splitIncident: ({ params, body, caller, origin }) => split(incidentDeps(), caller, origin, params.id, body),
  publishUpdate: ({ params, body, caller, origin }) =>
    publishUpdate(incidentDeps(), caller, origin, params.id, body.text),
  reviewIncident: ({ params, caller }) => review(reviewDeps(), caller, params.id),
  listIncidentRules: () => listRules(ruleDeps()),
  createIncidentRule: ({ body, caller, origin }) => createRule(ruleDeps(), caller, origin, body),
  tryIncidentRules: ({ body, caller }) => tryRules(tryDeps(), caller, body),
  getIncidentRule: ({ params }) => getRule(ruleDeps(), params.id),
  saveIncidentRule: ({ params, body, caller, origin }) => saveRule(ruleDeps(), caller, origin, params.id, body),
  deleteIncidentRule: ({ params, caller, origin }) => removeRule(ruleDeps(), caller, origin, params.id),
  getAnalytics: ({ query, caller }) => analyse(analyticsDeps(), caller, query),
});
