import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { UserStore } from './user-store.ts';
import { userView, type User } from './user.ts';

/** The users, oldest first. */
export const listUsers = async (
  { store }: { readonly store: Pick<UserStore, 'listUsers'> },
  request: PageRequest,
): Promise<Page<User>> => {
  const { items, next } = await store.listUsers(request);
  return { items: items.map(userView), next };
};
