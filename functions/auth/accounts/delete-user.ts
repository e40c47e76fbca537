import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { lastAdmin, overtaken } from './change-user.ts';
import { mustCover } from '../roles/must-cover.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { userOrRefuse } from './get-user.ts';
import { permissionsOf } from '../roles/grants.ts';
import { roleTable } from '../roles/role.ts';
import type { UserStore } from './store.ts';
import type { RoleStore } from '../roles/store.ts';
import { subjectOf } from './user.ts';

/** Deletes a user: their sessions end, their name is free, and within a minute no token of theirs is taken. */
export const deleteUser = async (
  {
    store,
    clock,
  }: { readonly store: Pick<UserStore, 'userById' | 'deleteUser'> & Pick<RoleStore, 'roles'>; readonly clock: Clock },
  caller: Caller,
  id: string,
  origin: Origin,
): Promise<void> => {
  const [seen, { roles }] = await Promise.all([userOrRefuse({ store }, id), store.roles()]);
  mustCover(caller, permissionsOf(seen.roles, roleTable(roles)));
  const at = clock.now();
  const event = auditEvent({ type: 'user.deleted', actor: actorOf(caller), subject: subjectOf(seen) }, origin, at);
  const outcome = await store.deleteUser(seen, event, at);
  if (outcome === 'changed') throw overtaken();
  if (outcome === 'last_admin') throw lastAdmin();
};
