import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { assertCovers } from '../roles/assert-covers.ts';
import { permissionsOf } from '../roles/grants.ts';
import { roleTable } from '../roles/role.ts';
import type { RoleStore } from '../roles/store.ts';
import { lastAdmin, overtaken } from './change-user.ts';
import { findUser } from './get-user.ts';
import type { UserStore } from './user-store.ts';
import { subjectOf } from './user.ts';

/** Deletes a user: their sessions end, their name is free, and their tokens are refused within a minute. */
export const deleteUser = async (
  {
    store,
    clock,
  }: {
    readonly store: Pick<UserStore, 'userById' | 'deleteUser'> & Pick<RoleStore, 'customRoles'>;
    readonly clock: Clock;
  },
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const [seen, roles] = await Promise.all([findUser({ store }, id), store.customRoles()]);
  assertCovers(caller, permissionsOf(seen.roles, roleTable(roles)));
  const at = clock.now();
  const event = auditEvent({ type: 'user.deleted', actor: actorOf(caller), subject: subjectOf(seen) }, origin, at);
  const outcome = await store.deleteUser(seen, event, at);
  if (outcome === 'changed') throw overtaken();
  if (outcome === 'last_admin') throw lastAdmin();
};
