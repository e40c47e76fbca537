import { addContact, type AddContactDeps } from '../../shared/contacts/add-contact.ts';
import { listContacts, type ListContactsDeps } from '../../shared/contacts/list-contacts.ts';
import { removeContact, type RemoveContactDeps } from '../../shared/contacts/remove-contact.ts';
import { renewSecret, type RenewSecretDeps } from '../../shared/contacts/renew-secret.ts';
import { verifyContact, type VerifyContactDeps } from '../../shared/contacts/verify-contact.ts';
import { EDGE_KEY_HEADER } from '../../shared/http/edge-headers.ts';
import { http } from '../../shared/http/handler.ts';
import { pressButton, type PressDeps } from './chats/press-button.ts';
import { askDeps, contactDeps, escalationDeps, linkDeps, pressDeps, requestKeys, ruleDeps } from './deps.ts';
import { escalateAlert, type EscalateDeps } from './escalations/escalate-alert.ts';
import { linkPage, tappedPage, type Place } from './links/html.ts';
import { openLink } from './links/open-link.ts';
import { tapLink, type TapDeps } from './links/tap-link.ts';
import { askResponder, type AskDeps } from './pages/ask-responder.ts';
import { listPages, type ListPagesDeps } from './pages/list-pages.ts';
import { routes } from './routes.ts';
import { getRules, type GetRulesDeps } from './rules/get-rules.ts';
import { saveRules, type SaveRulesDeps } from './rules/save-rules.ts';

/** Dependencies of the routes of each room. A room is composed at its first request. */
export interface Deps {
  readonly contacts: () => AddContactDeps & ListContactsDeps & VerifyContactDeps & RenewSecretDeps & RemoveContactDeps;
  readonly rules: () => GetRulesDeps & SaveRulesDeps;
  readonly pages: () => ListPagesDeps;
  readonly ask: () => AskDeps & EscalateDeps;
  readonly links: () => TapDeps;
  readonly chats: () => PressDeps;
}

const contactIn = ({ params }: { readonly params: { readonly id: string; readonly contactId: string } }) => ({
  owner: params.id,
  contactId: params.contactId,
});

/** The edge has the console on the same host, and says by its key that a request came through it. */
const placeOf = ({
  path,
  header,
}: {
  readonly path: string;
  readonly header: (name: string) => string | undefined;
}): Place => ({ path, hasConsole: header(EDGE_KEY_HEADER) !== undefined });

/** The routes of this context. */
export const surface = ({ contacts, rules, pages, ask, links, chats }: Deps, keys = requestKeys) =>
  http(
    routes,
    {
      listContacts: (request) => listContacts(contacts(), request, { owner: request.params.id }),
      addContact: (request) => addContact(contacts(), request, { ...request.body, owner: request.params.id }),
      verifyContact: (request) => verifyContact(contacts(), request, { ...request.body, ...contactIn(request) }),
      deleteContact: (request) => removeContact(contacts(), request, contactIn(request)),
      renewSecret: (request) => renewSecret(contacts(), request, contactIn(request)),
      getNotificationRules: (request) => getRules(rules(), request, request.params),
      saveNotificationRules: (request) => saveRules(rules(), request, { ...request.body, ...request.params }),
      listPages: ({ params, query }) => listPages(pages(), { ...query, ...params }),
      askResponder: (request) => askResponder(ask(), request, { ...request.body, ...request.params }),
      escalateAlert: (request) => escalateAlert(ask(), request, request.params),
      openLink: async (request) => linkPage(await openLink(links(), request.params), placeOf(request)),
      tapLink: async (request) =>
        tappedPage(await tapLink(links(), request.params), request.params.key, placeOf(request)),
      pressButton: ({ text, header }) =>
        pressButton(chats(), {
          body: text,
          timestamp: header('x-slack-request-timestamp') ?? '',
          signature: header('x-slack-signature') ?? '',
        }),
    },
    { keys },
  );

export const handler = surface({
  contacts: contactDeps,
  rules: ruleDeps,
  pages: escalationDeps,
  ask: askDeps,
  links: linkDeps,
  chats: pressDeps,
});
