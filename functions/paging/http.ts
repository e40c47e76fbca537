import { addContact } from '../../shared/contacts/add-contact.ts';
import { listContacts } from '../../shared/contacts/list-contacts.ts';
import { removeContact } from '../../shared/contacts/remove-contact.ts';
import { renewSecret } from '../../shared/contacts/renew-secret.ts';
import { verifyContact } from '../../shared/contacts/verify-contact.ts';
import { http } from '../../shared/http/handler.ts';
import { press } from './chats/press.ts';
import { askDeps, contactDeps, escalationDeps, linkDeps, pressDeps, ruleDeps } from './deps.ts';
import { ask } from './pages/ask.ts';
import { escalate } from './escalations/escalate.ts';
import { pages } from './pages/list-pages.ts';
import { linkPage, tappedPage } from './links/html.ts';
import { open } from './links/open.ts';
import { tap } from './links/tap.ts';
import { routes } from './routes.ts';
import { getRules } from './rules/get.ts';
import { saveRules } from './rules/save.ts';

const contactIn = ({ params }: { readonly params: { readonly id: string; readonly contactId: string } }) => ({
  owner: params.id,
  contactId: params.contactId,
});

export const handler = http(routes, {
  listContacts: (request) => listContacts(contactDeps(), request, { owner: request.params.id }),
  addContact: (request) => addContact(contactDeps(), request, { owner: request.params.id, ...request.body }),
  verifyContact: (request) => verifyContact(contactDeps(), request, { ...contactIn(request), ...request.body }),
  deleteContact: (request) => removeContact(contactDeps(), request, contactIn(request)),
  renewSecret: (request) => renewSecret(contactDeps(), request, contactIn(request)),
  getNotificationRules: ({ params, caller }) => getRules(ruleDeps(), caller, params.id),
  saveNotificationRules: ({ params, body, caller, origin }) => saveRules(ruleDeps(), caller, origin, params.id, body),
  listPages: ({ params, query }) => pages(escalationDeps(), params.id, query),
  askResponder: ({ params, body, caller }) => ask(askDeps(), caller, params.id, body),
  openLink: async ({ params }) => linkPage(await open(linkDeps(), params.key)),
  tapLink: async ({ params, path }) => tappedPage(await tap(linkDeps(), params.key), params.key, path),
  pressButton: ({ text, header }) =>
    press(pressDeps(), {
      body: text,
      timestamp: header('x-slack-request-timestamp') ?? '',
      signature: header('x-slack-signature') ?? '',
    }),
  escalateAlert: ({ params, caller }) => escalate(askDeps(), caller, params.id),
});
