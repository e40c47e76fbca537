import * as z from 'zod/mini';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { UserStore } from './user-store.ts';

/** A user as colleagues see them: enough to choose somebody by name, and to show a name for an id. */
export const Person = z
  .object({
    id: z.string(),
    username: z.string(),
    displayName: z.string(),
    status: z.enum(['active', 'disabled']),
  })
  .register(z.globalRegistry, { id: 'Person' });
export type Person = z.infer<typeof Person>;

/** The names of the users, oldest first. Roles, logins and tiers stay with administrators. */
export const listPeople = async (
  { store }: { readonly store: Pick<UserStore, 'listUsers'> },
  request: PageRequest,
): Promise<Page<Person>> => {
  const { items, next } = await store.listUsers(request);
  const people = items.map(({ id, username, displayName, status }) => ({
    id,
    username,
    displayName,
    status: status === 'active' ? ('active' as const) : ('disabled' as const),
  }));
  return { items: people, next };
};
