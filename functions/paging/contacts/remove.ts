import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { assertOwn } from './own.ts';
import type { ContactStore } from './store.ts';
import { noSuchContact } from './verify.ts';

/** Deletes a contact: no step that is reached from now on pages it. */
export const remove = async (
  { clock, contacts }: { readonly clock: Clock; readonly contacts: Pick<ContactStore, 'remove'> },
  caller: Caller,
  origin: Origin,
  { userId, contactId }: { readonly userId: string; readonly contactId: string },
): Promise<void> => {
  assertOwn(caller, userId);
  const at = clock.now();
  const event = auditEvent(
    {
      type: 'contact.removed',
      actor: actorOf(caller),
      subject: { kind: 'user', id: userId, name: userId },
      detail: { contact: contactId },
    },
    origin,
    at,
  );
  if (!(await contacts.remove(userId, contactId, event, at))) throw noSuchContact();
};
