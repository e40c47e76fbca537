import { notFound } from '../../../shared/kernel/errors.ts';
import type { UserStore } from './user-store.ts';
import { userView, type StoredUser, type User } from './user.ts';

interface Deps {
  readonly store: Pick<UserStore, 'userById'>;
}

/** The user of an id. Throws `user.not_found`. */
export const findUser = async ({ store }: Deps, id: string): Promise<StoredUser> => {
  const user = await store.userById(id);
  if (!user) throw notFound('user.not_found', 'There is no user with this id.');
  return user;
};

/** One user. Throws `user.not_found`. */
export const getUser = async (deps: Deps, { id }: { readonly id: string }): Promise<User> =>
  userView(await findUser(deps, id));
