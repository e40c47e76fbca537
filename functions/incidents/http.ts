import { http } from '../../shared/http/handler.ts';
import { getAnalytics } from './analytics/get-analytics.ts';
import { getNoise } from './analytics/get-noise.ts';
import { deps, requestKeys } from './deps.ts';
import { addNote } from './lifecycle/add-note.ts';
import { addTask } from './lifecycle/add-task.ts';
import { changeIncident } from './lifecycle/change-incident.ts';
import { changeTask } from './lifecycle/change-task.ts';
import { getIncident } from './lifecycle/get-incident.ts';
import { linkAlert } from './lifecycle/link-alert.ts';
import { listAlerts } from './lifecycle/list-alerts.ts';
import { listIncidents } from './lifecycle/list-incidents.ts';
import { listTimeline } from './lifecycle/list-timeline.ts';
import { mergeIncidents } from './lifecycle/merge-incidents.ts';
import { openIncident } from './lifecycle/open-incident.ts';
import { pinEntry } from './lifecycle/pin-entry.ts';
import { publishUpdate } from './lifecycle/publish-update.ts';
import { splitIncident } from './lifecycle/split-incident.ts';
import { unlinkAlert } from './lifecycle/unlink-alert.ts';
import { writeReview } from './review/write-review.ts';
import { routes } from './routes.ts';
import { createRule } from './rules/create-rule.ts';
import { deleteRule } from './rules/delete-rule.ts';
import { getRule } from './rules/get-rule.ts';
import { listRules } from './rules/list-rules.ts';
import { saveRule } from './rules/save-rule.ts';
import { tryRules } from './rules/try-rules.ts';

export type Deps = ReturnType<typeof deps>;

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps, keys = requestKeys) =>
  http(
    routes,
    {
      listIncidents: (request) => listIncidents(depsOf(), request, request.query),
      openIncident: (request) => openIncident(depsOf(), request, request.body),
      getIncident: (request) => getIncident(depsOf(), request, request.params),
      changeIncident: (request) => changeIncident(depsOf(), request, { ...request.params, ...request.body }),
      listTimeline: (request) => listTimeline(depsOf(), request, { ...request.params, ...request.query }),
      addIncidentNote: (request) => addNote(depsOf(), request, { ...request.params, ...request.body }),
      pinEntry: (request) => pinEntry(depsOf(), request, { ...request.params, ...request.body }),
      addTask: (request) => addTask(depsOf(), request, { ...request.params, ...request.body }),
      changeTask: (request) => changeTask(depsOf(), request, { ...request.params, ...request.body }),
      listIncidentAlerts: (request) => listAlerts(depsOf(), request, { ...request.params, ...request.query }),
      linkAlert: (request) => linkAlert(depsOf(), request, { ...request.params, ...request.body }),
      unlinkAlert: (request) => unlinkAlert(depsOf(), request, request.params),
      mergeIncident: (request) =>
        mergeIncidents(depsOf(), request, { into: request.params.id, from: request.body.incidentId }),
      splitIncident: (request) => splitIncident(depsOf(), request, { ...request.params, ...request.body }),
      publishUpdate: (request) => publishUpdate(depsOf(), request, { ...request.params, ...request.body }),
      reviewIncident: (request) => writeReview(depsOf(), request, request.params),
      listIncidentRules: () => listRules(depsOf()),
      createIncidentRule: (request) => createRule(depsOf(), request, request.body),
      tryIncidentRules: (request) => tryRules(depsOf(), request, request.body),
      getIncidentRule: ({ params }) => getRule(depsOf(), params),
      saveIncidentRule: (request) => saveRule(depsOf(), request, { ...request.params, ...request.body }),
      deleteIncidentRule: (request) => deleteRule(depsOf(), request, request.params),
      getAnalytics: (request) => getAnalytics(depsOf(), request, request.query),
      getNoise: ({ query }) => getNoise(depsOf(), query),
    },
    { keys },
  );

export const handler = surface(deps);
