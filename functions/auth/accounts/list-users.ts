import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { UserStore } from './store.ts';
import { userView, type User } from './user.ts';

/** The users, oldest first. */
export const listUsers = async (
  { store }: { readonly store: Pick<UserStore, 'users'> },
  request: PageRequest,
): Promise<Page<User>> => {
  const { items, next } = await store.users(request);
  return { items: items.map(userView), next };
};
