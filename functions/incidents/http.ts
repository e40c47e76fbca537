import { http } from '../../shared/http/handler.ts';
import { incidentDeps } from './deps.ts';
import { addTask } from './lifecycle/add-task.ts';
import { changeTask } from './lifecycle/change-task.ts';
import { change } from './lifecycle/change.ts';
import { get, timeline } from './lifecycle/get.ts';
import { list } from './lifecycle/list.ts';
import { note } from './lifecycle/note.ts';
import { open } from './lifecycle/open.ts';
import { pin } from './lifecycle/pin.ts';
import { routes } from './routes.ts';

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
});
