import type { Request } from '../kernel/caller.ts';
import { contactView, type Contact, type OwnerGuard } from './contact.ts';
import type { ContactStore } from './store.ts';

export interface ListContactsDeps {
  readonly guardOwner: OwnerGuard;
  readonly contacts: Pick<ContactStore, 'of'>;
}

/** The contacts of an owner, oldest first. */
export const listContacts = async (
  { guardOwner, contacts }: ListContactsDeps,
  { caller }: Pick<Request, 'caller'>,
  { owner }: { readonly owner: string },
): Promise<{ readonly items: Contact[] }> => {
  await guardOwner(caller, owner);
  return { items: (await contacts.of(owner)).map(contactView) };
};
