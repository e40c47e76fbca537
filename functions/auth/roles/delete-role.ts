import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { mustCover } from './must-cover.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { permissionsOf } from './grants.ts';
import { noSuchRole, roleTable } from './role.ts';
import { mustBeCustom, rolesKeptChanging } from './save-role.ts';
import type { UserStore } from '../accounts/store.ts';
import type { RoleStore } from './store.ts';

const MAX_USER_PAGES = 50;

/** Deletes a custom role that nobody has and no other role inherits from. */
export const deleteRole = async (
  {
    store,
    clock,
  }: { readonly store: Pick<UserStore, 'users'> & Pick<RoleStore, 'roles' | 'deleteRole'>; readonly clock: Clock },
  caller: Caller,
  name: string,
  origin: Origin,
): Promise<void> => {
  mustBeCustom(name);
  const { roles, version } = await store.roles();
  const custom = roleTable(roles);
  if (!custom.has(name)) throw noSuchRole();
  mustCover(caller, permissionsOf([name], custom));
  const heir = roles.find((role) => role.inherits.includes(name));
  if (heir) throw conflict('role.in_use', `The role ${heir.name} inherits from it.`);
  const holder = await holderOf(store, name);
  if (holder) throw conflict('role.in_use', `The user ${holder} has it.`);
  const at = clock.now();
  const event = auditEvent(
    { type: 'role.deleted', actor: actorOf(caller), subject: { kind: 'role', id: name, name } },
    origin,
    at,
  );
  if (!(await store.deleteRole(name, event, version))) throw rolesKeptChanging();
};

/** Somebody who has the role. Reads at most five thousand users; beyond that the role counts as had. */
const holderOf = async (store: Pick<UserStore, 'users'>, name: string): Promise<string | undefined> => {
  let cursor: string | null = null;
  for (let page = 0; page < MAX_USER_PAGES; page++) {
    const { items, next }: Awaited<ReturnType<UserStore['users']>> = await store.users({
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
