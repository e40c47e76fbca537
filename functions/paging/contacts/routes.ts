import * as z from 'zod/mini';
import { defineRoutes } from '../../../shared/http/route.ts';
import { AddContact, Contact, VerifyContact } from './contact.ts';

const EXAMPLE = {
  id: 'con_01jd3v8m2k7q4xh2g8vq0p1m9d',
  channel: 'sms',
  to: '+4915112345678',
  verified: true,
  createdAt: '2026-11-21T03:00:00.000Z',
};

export const routes = defineRoutes({
  listContacts: {
    method: 'GET',
    path: '/api/users/{id}/contacts',
    summary: 'List the ways to reach a user',
    description: 'One’s own, or with identity.user.write those of anybody.',
    permission: 'any',
    success: {
      status: 200,
      description: 'At most five contacts, oldest first',
      body: z.object({ items: z.array(Contact) }),
      example: { items: [EXAMPLE] },
    },
  },
  addContact: {
    method: 'POST',
    path: '/api/users/{id}/contacts',
    summary: 'Add a way to reach a user; a code is sent through it',
    description: 'Pages are sent there once the code was told. A user has at most five contacts and ten codes a day.',
    permission: 'any',
    body: AddContact,
    example: { channel: 'sms', to: '+4915112345678' },
    success: { status: 201, description: 'The contact', body: Contact, example: { ...EXAMPLE, verified: false } },
    problems: {
      409: ['contact.exists', 'contact.too_many'],
      429: ['contact.codes'],
    },
  },
  verifyContact: {
    method: 'POST',
    path: '/api/users/{id}/contacts/{contactId}/verify',
    summary: 'Verify a contact by the code that was sent there',
    permission: 'any',
    body: VerifyContact,
    example: { code: '123456' },
    success: { status: 200, description: 'The contact', body: Contact, example: EXAMPLE },
    problems: {
      404: ['contact.not_found'],
      409: ['contact.code_wrong', 'contact.code_over'],
    },
  },
  deleteContact: {
    method: 'DELETE',
    path: '/api/users/{id}/contacts/{contactId}',
    summary: 'Delete a contact',
    permission: 'any',
    success: { status: 204, description: 'It is gone' },
    problems: { 404: ['contact.not_found'] },
  },
});
