import { timingSafeEqual } from 'node:crypto';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { contactView, hashOf, takesCode, type Contact } from './contact.ts';
import { mustOwn, type OwnDeps } from './own.ts';
import type { ContactStore } from './store.ts';

export const noSuchContact = () => notFound('contact.not_found', 'The user has no contact with this id.');

/**
 * Verifies a contact by the code that was sent there. Each guess counts, right or wrong; five are taken, for a quarter of
 * an hour.
 */
export const verify = async (
  deps: OwnDeps & { readonly clock: Clock; readonly contacts: Pick<ContactStore, 'guess' | 'verified'> },
  caller: Caller,
  origin: Origin,
  { userId, contactId, code }: { readonly userId: string; readonly contactId: string; readonly code: string },
): Promise<Contact> => {
  const { clock, contacts } = deps;
  await mustOwn(deps, caller, userId);
  const at = clock.now();
  const contact = await contacts.guess(userId, contactId);
  if (!contact) throw noSuchContact();
  if (contact.verified) return contactView(contact);
  if (!takesCode({ ...contact, guesses: contact.guesses - 1 }, at)) {
    throw conflict('contact.code_over', 'The code is over. Delete the contact and add it again to have another one.');
  }
  if (!timingSafeEqual(Buffer.from(hashOf(contactId, code)), Buffer.from(contact.codeHash ?? ''))) {
    throw conflict('contact.code_wrong', 'This is not the code that was sent.');
  }
  const event = auditEvent(
    {
      type: 'contact.verified',
      actor: actorOf(caller),
      subject: { kind: 'user', id: userId, name: userId },
      detail: { contact: contactId, channel: contact.channel },
    },
    origin,
    at,
  );
  if (!(await contacts.verified(contact, event))) throw noSuchContact();
  return contactView({ ...contact, verified: true });
};
