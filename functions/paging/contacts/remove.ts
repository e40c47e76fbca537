import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { inUse } from '../../../shared/kernel/named.ts';
import { SHARED } from './contact.ts';
import { mustOwn, type OwnDeps } from './own.ts';
import type { ContactStore } from './store.ts';
import { noSuchContact } from './verify.ts';

export interface RemoveDeps extends OwnDeps {
  readonly clock: Clock;
  readonly contacts: Pick<ContactStore, 'remove'>;
  /** The policies that page a shared contact. */
  readonly policiesNaming: (contactId: string) => Promise<readonly { readonly name: string }[]>;
}

/**
 * Deletes a contact: no step that is reached from now on pages it. Throws `contact.in_use` while policies name a shared
 * one, and names them.
 */
export const remove = async (
  deps: RemoveDeps,
  caller: Caller,
  origin: Origin,
  { userId, contactId }: { readonly userId: string; readonly contactId: string },
): Promise<void> => {
  const { clock, contacts, policiesNaming } = deps;
  await mustOwn(deps, caller, userId);
  const policies = userId === SHARED ? await policiesNaming(contactId) : [];
  if (policies.length > 0) throw inUse('contact', policies);
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
