import type { Caller } from '../../../shared/kernel/caller.ts';
import { contactView, type Contact } from './contact.ts';
import { mustOwn, type OwnDeps } from './own.ts';
import type { ContactStore } from './store.ts';

/** The ways to reach a user, or those that are shared, oldest first. */
export const list = async (
  deps: OwnDeps & { readonly contacts: Pick<ContactStore, 'of'> },
  caller: Caller,
  userId: string,
): Promise<{ readonly items: Contact[] }> => {
  await mustOwn(deps, caller, userId);
  return { items: (await deps.contacts.of(userId)).map(contactView) };
};
