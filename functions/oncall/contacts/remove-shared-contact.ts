import { SHARED } from '../../../shared/contacts/contact.ts';
import { removeContact, type RemoveContactDeps } from '../../../shared/contacts/remove-contact.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { inUse } from '../../../shared/kernel/named.ts';

export interface RemoveSharedContactDeps extends RemoveContactDeps {
  /** The policies that page a contact. */
  readonly policiesNaming: (contactId: string) => Promise<readonly { readonly name: string }[]>;
}

/** Deletes a shared contact. Throws `contact.in_use` while policies page it, and lists them. */
export const removeSharedContact = async (
  deps: RemoveSharedContactDeps,
  request: Request,
  { contactId }: { readonly contactId: string },
): Promise<void> => {
  const policies = await deps.policiesNaming(contactId);
  if (policies.length > 0) throw inUse('contact', policies);
  await removeContact(deps, request, { owner: SHARED, contactId });
};
