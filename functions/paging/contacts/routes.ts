import * as z from 'zod/mini';
import { AddContact, AddedContact, Contact, VerifyContact, WebhookSecret } from '../../../shared/contacts/contact.ts';
import { WEBHOOKS } from '../../../shared/contacts/webhooks.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';

const userId = pathId('usr', 'user');
const contactId = pathId('con', 'contact');

const EXAMPLE = {
  id: 'con_01jd3v8m2k7q4xh2g8vq0p1m9d',
  channel: 'sms',
  to: '+4915112345678',
  verified: true,
  createdAt: '2026-11-21T03:00:00.000Z',
};

const SECRET = { secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazLTxCSBFQU=' };

export const routes = defineRoutes({
  listContacts: {
    method: 'GET',
    path: '/api/users/{id}/contacts',
    params: { id: userId },
    summary: 'List the ways to reach a user',
    description: 'One’s own, or with identity.user.write those of a user who may do no more than the caller.',
    permission: 'any',
    success: {
      status: 200,
      description: 'At most five contacts, oldest first',
      body: z.object({ items: z.array(Contact) }),
      example: { items: [EXAMPLE] },
    },
    problems: { 403: ['auth.escalation'], 404: ['user.not_found'] },
  },
  addContact: {
    method: 'POST',
    path: '/api/users/{id}/contacts',
    answersSecret: true,
    params: { id: userId },
    summary: 'Add a way to reach a user; a code is sent through it',
    description:
      'Channels are sms, email, slack (the id of a member), teams (the URL of a workflow) and webhook. A contact receives pages once its code was entered. A user has at most five contacts and ' +
      `ten codes a day. ${WEBHOOKS}`,
    permission: 'any',
    body: AddContact,
    example: { channel: 'sms', to: '+4915112345678' },
    success: { status: 201, description: 'The contact', body: AddedContact, example: { ...EXAMPLE, verified: false } },
    problems: {
      400: ['contact.address'],
      403: ['auth.escalation'],
      404: ['user.not_found'],
      409: ['contact.exists', 'contact.too_many'],
      422: ['contact.no_channel', 'contact.unreachable'],
      429: ['contact.codes'],
    },
  },
  verifyContact: {
    method: 'POST',
    path: '/api/users/{id}/contacts/{contactId}/verify',
    params: { id: userId, contactId },
    summary: 'Verify a contact by the code that was sent there',
    permission: 'any',
    body: VerifyContact,
    example: { code: '123456' },
    success: { status: 200, description: 'The contact', body: Contact, example: EXAMPLE },
    problems: {
      403: ['auth.escalation'],
      404: ['user.not_found', 'contact.not_found'],
      409: ['contact.code_wrong', 'contact.code_over'],
    },
  },
  deleteContact: {
    method: 'DELETE',
    path: '/api/users/{id}/contacts/{contactId}',
    params: { id: userId, contactId },
    summary: 'Delete a contact',
    permission: 'any',
    success: { status: 204, description: 'It is gone' },
    problems: { 403: ['auth.escalation'], 404: ['user.not_found', 'contact.not_found'] },
  },
  renewSecret: {
    method: 'POST',
    path: '/api/users/{id}/contacts/{contactId}/secret',
    answersSecret: true,
    params: { id: userId, contactId },
    summary: 'Renew the secret of a webhook; the one before stays good until the next renewal',
    permission: 'any',
    success: { status: 200, description: 'The new secret, shown once', body: WebhookSecret, example: SECRET },
    problems: { 403: ['auth.escalation'], 404: ['user.not_found', 'contact.not_found'] },
  },
});
