import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { deps, requestKeys } from './deps.ts';
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
import { confirm, openConfirmation, openUnsubscription, unsubscribe } from './subscribers/follow-link.ts';
import { saying } from './subscribers/html.ts';
import { addWebhook, listSubscribers, removeSubscriber } from './subscribers/manage.ts';
import { addressIn, subscribe } from './subscribers/subscribe.ts';

export type Deps = ReturnType<typeof deps>;

const TAKEN = 'A mail to this address asks to confirm, unless the address is subscribed already.';

/** The link of a mail as its path has it. */
const linkIn = ({
  id,
  subscriber,
  key,
}: {
  readonly id: string;
  readonly subscriber: string;
  readonly key: string;
}) => ({
  page: id,
  subscriber,
  key,
});

/** The fields of a form as browsers send it. */
const field = (form: string, name: string): string => new URLSearchParams(form).get(name) ?? '';

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps, keys = requestKeys) =>
  http(
    routes,
    {
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
      subscribeToStatus: async ({ params, text, header, origin }) => {
        await subscribe(depsOf(), { origin }, { page: params.id, email: addressIn(text, header('content-type')) });
        return header('accept')?.includes('text/html')
          ? saying('Look into your mailbox', TAKEN, { status: 202 })
          : { detail: TAKEN };
      },
      listStatusSubscribers: ({ params, query }) => listSubscribers(depsOf(), { page: params.id, ...query }),
      removeStatusSubscriber: ({ params }) => removeSubscriber(depsOf(), { page: params.id, id: params.subscriber }),
      addStatusWebhook: (request) => addWebhook(depsOf(), request, { page: request.params.id, ...request.body }),
      showStatusConfirmation: async ({ params }) => {
        const { pageName, subscriber } = await openConfirmation(depsOf(), linkIn(params));
        return subscriber.state === 'pending'
          ? saying(pageName, `Send the status updates of ${pageName} to ${subscriber.to}?`, { button: 'Confirm' })
          : saying(pageName, `${subscriber.to} gets the status updates.`);
      },
      confirmStatusSubscription: async ({ params }) => {
        const { pageName, subscriber } = await confirm(depsOf(), linkIn(params));
        return saying(pageName, `${subscriber.to} gets the status updates from now on.`);
      },
      showStatusUnsubscription: async ({ params }) => {
        const { pageName } = await openUnsubscription(depsOf(), linkIn(params));
        return saying(pageName, 'Stop the mails with status updates?', { button: 'Unsubscribe' });
      },
      unsubscribeFromStatus: async ({ params }) => {
        const { pageName } = await unsubscribe(depsOf(), linkIn(params));
        return saying(pageName, 'You are unsubscribed. Your address is forgotten.');
      },
    },
    { keys },
  );

export const handler = surface(deps);
