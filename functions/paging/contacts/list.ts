import type { Caller } from '../../../shared/kernel/caller.ts';
import { contactView, type Contact } from './contact.ts';
import { assertOwn } from './own.ts';
import type { ContactStore } from './store.ts';

/** The ways to reach a user, or those that are shared, oldest first. */
export const list = async (
  { contacts }: { readonly contacts: Pick<ContactStore, 'of'> },
  caller: Caller,
  userId: string,
): Promise<{ readonly items: Contact[] }> => {
  assertOwn(caller, userId);
  return { items: (await contacts.of(userId)).map(contactView) };
};
