import { http } from '../../shared/http/handler.ts';
import { createService } from './catalogue/create-service.ts';
import { createTeam } from './catalogue/create-team.ts';
import { getService, getTeam, listServices, listTeams } from './catalogue/get.ts';
import { removeService } from './catalogue/remove-service.ts';
import { removeTeam } from './catalogue/remove-team.ts';
import { replaceService } from './catalogue/replace-service.ts';
import { replaceTeam } from './catalogue/replace-team.ts';
import { catalogueDeps } from './deps.ts';
import { routes } from './routes.ts';

export const handler = http(routes, {
  listServices: ({ query }) => listServices(catalogueDeps(), query),
  createService: ({ body, caller, origin }) => createService(catalogueDeps(), caller, origin, body),
  getService: ({ params }) => getService(catalogueDeps(), params.id),
  replaceService: ({ params, body, caller, origin }) =>
    replaceService(catalogueDeps(), caller, origin, params.id, body),
  deleteService: ({ params, caller, origin }) => removeService(catalogueDeps(), caller, origin, params.id),
  listTeams: ({ query }) => listTeams(catalogueDeps(), query),
  createTeam: ({ body, caller, origin }) => createTeam(catalogueDeps(), caller, origin, body),
  getTeam: ({ params }) => getTeam(catalogueDeps(), params.id),
  replaceTeam: ({ params, body, caller, origin }) => replaceTeam(catalogueDeps(), caller, origin, params.id, body),
  deleteTeam: ({ params, caller, origin }) => removeTeam(catalogueDeps(), caller, origin, params.id),
});
