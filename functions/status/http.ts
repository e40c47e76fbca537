import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { deps } from './deps.ts';
import { addUpdate } from './notices/add-update.ts';
import { planMaintenance } from './notices/plan-maintenance.ts';
import { publishIncident } from './notices/publish-incident.ts';
import { getNotice, listNotices } from './notices/read-notices.ts';
import { withdrawNotice } from './notices/withdraw-notice.ts';
import { deletePage } from './pages/delete-page.ts';
import { getPage } from './pages/get-page.ts';
import { listPages } from './pages/list-pages.ts';
import { openPrivatePage } from './pages/open-private-page.ts';
import { renewToken } from './pages/renew-token.ts';
import { savePage } from './pages/save-page.ts';
import { setComponentState } from './pages/set-component-state.ts';
import { routes } from './routes.ts';

export type Deps = ReturnType<typeof deps>;

/** The fields of a form as browsers send it. */
const field = (form: string, name: string): string => new URLSearchParams(form).get(name) ?? '';

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps) =>
  http(routes, {
    listStatusPages: () => listPages(depsOf()),
    getStatusPage: ({ params }) => getPage(depsOf(), params),
    saveStatusPage: (request) => savePage(depsOf(), request, { ...request.params, ...request.body }),
    deleteStatusPage: (request) => deletePage(depsOf(), request, request.params),
    setComponentState: (request) => setComponentState(depsOf(), request, { ...request.params, ...request.body }),
    renewStatusPageToken: (request) => renewToken(depsOf(), request, request.params),
    openStatusPage: async ({ params, text }) => {
      const location = await openPrivatePage(depsOf(), { ...params, token: field(text, 'token') });
      return reply({ status: 303, headers: { location, 'referrer-policy': 'no-referrer' } });
    },
    publishStatusIncident: (request) =>
      publishIncident(depsOf(), request, { page: request.params.id, ...request.body }),
    planStatusMaintenance: (request) =>
      planMaintenance(depsOf(), request, { page: request.params.id, ...request.body }),
    listStatusNotices: ({ params, query }) => listNotices(depsOf(), { page: params.id, ...query }),
    getStatusNotice: ({ params }) => getNotice(depsOf(), { page: params.id, id: params.notice }),
    addStatusUpdate: (request) =>
      addUpdate(depsOf(), request, { page: request.params.id, id: request.params.notice, ...request.body }),
    withdrawStatusNotice: (request) =>
      withdrawNotice(depsOf(), request, { page: request.params.id, id: request.params.notice }),
  });

export const handler = surface(deps);
