import { http } from '../../shared/http/handler.ts';
import { press } from './chats/press.ts';
import { add } from './contacts/add.ts';
import { SHARED } from './contacts/contact.ts';
import { list as listContacts } from './contacts/list.ts';
import { remove as removeContact } from './contacts/remove.ts';
import { renewSecret } from './contacts/renew-secret.ts';
import { verify } from './contacts/verify.ts';
import { askDeps, contactDeps, escalationDeps, linkDeps, policyDeps, pressDeps, ruleDeps } from './deps.ts';
import { ask } from './pages/ask.ts';
import { escalate } from './escalations/escalate.ts';
import { pages } from './pages/list-pages.ts';
import { linkPage, tappedPage } from './links/html.ts';
import { open } from './links/open.ts';
import { tap } from './links/tap.ts';
import { create } from './policies/create.ts';
import { get, list } from './policies/get.ts';
import { remove } from './policies/remove.ts';
import { save } from './policies/save.ts';
import { routes } from './routes.ts';
import { getRules } from './rules/get.ts';
import { saveRules } from './rules/save.ts';

export const handler = http(routes, {
  listPolicies: ({ query }) => list(policyDeps(), query),
  createPolicy: ({ body, caller, origin }) => create(policyDeps(), caller, origin, body),
  getPolicy: ({ params }) => get(policyDeps(), params.id),
  savePolicy: ({ params, body, caller, origin }) => save(policyDeps(), caller, origin, params.id, body),
  deletePolicy: ({ params, caller, origin }) => remove(policyDeps(), caller, origin, params.id),
  listContacts: ({ params, caller }) => listContacts(contactDeps(), caller, params.id),
  addContact: ({ params, body, caller, origin }) => add(contactDeps(), caller, origin, params.id, body),
  verifyContact: ({ params, body, caller, origin }) =>
    verify(contactDeps(), caller, origin, {
      userId: params.id,
      contactId: params.contactId,
      code: body.code,
    }),
  deleteContact: ({ params, caller, origin }) =>
    removeContact(contactDeps(), caller, origin, { userId: params.id, contactId: params.contactId }),
  renewSecret: ({ params, caller, origin }) =>
    renewSecret(contactDeps(), caller, origin, { owner: params.id, contactId: params.contactId }),
  listSharedContacts: ({ caller }) => listContacts(contactDeps(), caller, SHARED),
  addSharedContact: ({ body, caller, origin }) => add(contactDeps(), caller, origin, SHARED, body),
  verifySharedContact: ({ params, body, caller, origin }) =>
    verify(contactDeps(), caller, origin, { userId: SHARED, contactId: params.contactId, code: body.code }),
  renewSharedSecret: ({ params, caller, origin }) =>
    renewSecret(contactDeps(), caller, origin, { owner: SHARED, contactId: params.contactId }),
  deleteSharedContact: ({ params, caller, origin }) =>
    removeContact(contactDeps(), caller, origin, { userId: SHARED, contactId: params.contactId }),
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
