import * as z from 'zod/mini';
import {
  AddedContact,
  AddSharedContact,
  Contact,
  VerifyContact,
  WebhookSecret,
} from '../../../shared/contacts/contact.ts';
import { WEBHOOKS } from '../../../shared/contacts/webhooks.ts';
import { pathId } from '../../../shared/http/path.ts';
import { defineRoutes } from '../../../shared/http/route.ts';

const contactId = pathId('con', 'contact');

const EXAMPLE = {
  id: 'con_01jd3v8m2k7q4xh2g8vq0p1m9d',
  channel: 'topic',
  to: 'arn:aws:sns:eu-central-1:123456789012:tocsin-pages-shop',
  verified: true,
  createdAt: '2026-11-21T03:00:00.000Z',
};

const SECRET = { secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazLTxCSBFQU=' };

export const routes = defineRoutes({
  listSharedContacts: {
    method: 'GET',
    path: '/api/oncall/contacts',
    summary: 'List the topics, webhooks and channels of chats that policies may page',
    permission: 'oncall.policy.write',
    success: {
      status: 200,
      description: 'At most fifty, oldest first',
      body: z.object({ items: z.array(Contact) }),
      example: { items: [EXAMPLE] },
    },
  },
  addSharedContact: {
    method: 'POST',
    path: '/api/oncall/contacts',
    answersSecret: true,
    summary: 'Add a topic, webhook or channel of a chat that policies may page; a code is sent there',
    description:
      'A topic is one of this account whose name begins with tocsin-pages, or the pages topic of the stack. Its subscribers, as the ' +
      `webhook, receive JSON of the schema tocsin.page/1. ${WEBHOOKS}`,
    permission: 'oncall.policy.write',
    body: AddSharedContact,
    example: { channel: 'topic', to: EXAMPLE.to },
    success: {
      status: 201,
      description: 'The contact',
      body: AddedContact,
      example: { ...EXAMPLE, verified: false },
    },
    problems: {
      400: ['contact.address'],
      409: ['contact.exists', 'contact.too_many'],
      422: ['contact.no_channel', 'contact.unreachable'],
      429: ['contact.codes'],
    },
  },
  verifySharedContact: {
    method: 'POST',
    path: '/api/oncall/contacts/{contactId}/verify',
    params: { contactId },
    summary: 'Verify a topic or webhook by the code that was sent there',
    permission: 'oncall.policy.write',
    body: VerifyContact,
    example: { code: '123456' },
    success: { status: 200, description: 'The contact', body: Contact, example: EXAMPLE },
    problems: { 404: ['contact.not_found'], 409: ['contact.code_wrong', 'contact.code_over'] },
  },
  renewSharedSecret: {
    method: 'POST',
    path: '/api/oncall/contacts/{contactId}/secret',
    answersSecret: true,
    params: { contactId },
    summary: 'Renew the secret of a shared webhook; the one before stays good until the next renewal',
    permission: 'oncall.policy.write',
    success: { status: 200, description: 'The new secret, shown once', body: WebhookSecret, example: SECRET },
    problems: { 404: ['contact.not_found'] },
  },
  deleteSharedContact: {
    method: 'DELETE',
    path: '/api/oncall/contacts/{contactId}',
    params: { contactId },
    summary: 'Delete a topic or webhook that no policy names',
    permission: 'oncall.policy.write',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['contact.not_found'], 409: ['contact.in_use'] },
  },
});
