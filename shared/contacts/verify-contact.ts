import { timingSafeEqual } from 'node:crypto';
import { actorOf, auditEvent } from '../kernel/audit-event.ts';
import type { Request } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { conflict } from '../kernel/errors.ts';
import {
  contactView,
  hashOf,
  noSuchContact,
  takesCode,
  type Contact,
  type ContactOf,
  type OwnerGuard,
} from './contact.ts';
import type { ContactStore } from './store.ts';

export interface VerifyContactDeps {
  readonly clock: Clock;
  readonly guardOwner: OwnerGuard;
  readonly contacts: Pick<ContactStore, 'guess' | 'verified'>;
}

/** Verifies a contact by the code that was sent there. Each guess counts, right or wrong: five within 15 minutes. */
export const verifyContact = async (
  { clock, guardOwner, contacts }: VerifyContactDeps,
  { caller, origin }: Request,
  { owner, contactId, code }: ContactOf & { readonly code: string },
): Promise<Contact> => {
  await guardOwner(caller, owner);
  const at = clock.now();
  const contact = await contacts.guess(owner, contactId);
  if (!contact) throw noSuchContact();
  if (contact.verified) return contactView(contact);
  if (!takesCode({ ...contact, guesses: contact.guesses - 1 }, at)) {
    throw conflict('contact.code_over', 'The code has expired. Delete the contact and add it again to get a new code.');
  }
  if (!timingSafeEqual(Buffer.from(hashOf(contactId, code)), Buffer.from(contact.codeHash ?? ''))) {
    throw conflict('contact.code_wrong', 'This is not the code that was sent. Enter the latest code.');
  }
  const event = auditEvent(
    {
      type: 'contact.verified',
      actor: actorOf(caller),
      subject: { kind: 'user', id: owner, name: owner },
      detail: { contact: contactId, channel: contact.channel },
    },
    origin,
    at,
  );
  if (!(await contacts.verified(contact, event))) throw noSuchContact();
  return contactView({ ...contact, verified: true });
};
