import { actorOf, auditEvent } from '../kernel/audit-event.ts';
import type { Request } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import { noSuchContact, type ContactOf, type OwnerGuard } from './contact.ts';
import type { ContactStore } from './store.ts';

export interface RemoveContactDeps {
  readonly clock: Clock;
  readonly guardOwner: OwnerGuard;
  readonly contacts: Pick<ContactStore, 'remove'>;
}

/** Deletes a contact: no step that is reached from now on pages it. */
export const removeContact = async (
  { clock, guardOwner, contacts }: RemoveContactDeps,
  { caller, origin }: Request,
  { owner, contactId }: ContactOf,
): Promise<void> => {
  await guardOwner(caller, owner);
  const at = clock.now();
  const event = auditEvent(
    {
      type: 'contact.removed',
      actor: actorOf(caller),
      subject: { kind: 'user', id: owner, name: owner },
      detail: { contact: contactId },
    },
    origin,
    at,
  );
  if (!(await contacts.remove(owner, contactId, event, at))) throw noSuchContact();
};
