import { notFound } from '../../../shared/kernel/errors.ts';
import type { UserStore } from './store.ts';
import { userView, type StoredUser, type User } from './user.ts';

type Deps = { readonly store: Pick<UserStore, 'userById'> };

/** The user of an id, or 404. */
export const userOrRefuse = async ({ store }: Deps, id: string): Promise<StoredUser> => {
  const user = await store.userById(id);
  if (!user) throw notFound('user.not_found', 'There is no user with this id.');
  return user;
};

/** One user. */
export const getUser = async (deps: Deps, id: string): Promise<User> => userView(await userOrRefuse(deps, id));
