import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import type { UserStore } from '../accounts/user-store.ts';
import { assertCovers } from './assert-covers.ts';
import { permissionsOf } from './grants.ts';
import { noSuchRole, roleTable } from './role.ts';
import { assertCustom, overtaken } from './save-role.ts';
import type { RoleStore } from './store.ts';

const MAX_USER_PAGES = 50;

/** Deletes a custom role. Throws `role.in_use` while a user has it or another role inherits from it. */
export const deleteRole = async (
  {
    store,
    clock,
  }: {
    readonly store: Pick<UserStore, 'listUsers'> & Pick<RoleStore, 'versionedRoles' | 'deleteRole'>;
    readonly clock: Clock;
  },
  { caller, origin }: Request,
  { name }: { readonly name: string },
): Promise<void> => {
  assertCustom(name);
  const { roles, version } = await store.versionedRoles();
  const custom = roleTable(roles);
  if (!custom.has(name)) throw noSuchRole();
  assertCovers(caller, permissionsOf([name], custom));
  const heir = roles.find((role) => role.inherits.includes(name));
  if (heir) throw conflict('role.in_use', `The role ${heir.name} inherits from it. Change that role first.`);
  const holder = await holderOf(store, name);
  if (holder) throw conflict('role.in_use', `The user ${holder} has it. Give that user another role first.`);
  const event = auditEvent(
    { type: 'role.deleted', actor: actorOf(caller), subject: { kind: 'role', id: name, name } },
    origin,
    clock.now(),
  );
  if (!(await store.deleteRole(name, event, version))) throw overtaken();
};

/** A user who has the role. Reads at most five thousand users. Where there are more, the role counts as in use. */
const holderOf = async (store: Pick<UserStore, 'listUsers'>, name: string): Promise<string | undefined> => {
  let cursor: string | null = null;
  for (let page = 0; page < MAX_USER_PAGES; page++) {
    const { items, next }: Awaited<ReturnType<UserStore['listUsers']>> = await store.listUsers({
      limit: 100,
      ...(cursor && { cursor }),
    });
    const holder = items.find((user) => user.roles.includes(name));
    if (holder) return holder.username;
    if (!next) return undefined;
    cursor = next;
  }
  return '(too many users to tell)';
};
