import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Caller } from '../../../shared/kernel/caller.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { permits, type Permission, type PermissionPattern } from '../../../shared/kernel/permission.ts';
import { GUARDED_ATTRIBUTES, userKey } from '../table.ts';
import { permissionsOf } from './grants.ts';
import { assertCovers } from './assert-covers.ts';
import { roleTable } from './role.ts';
import { customRoles } from './store.ts';

/** What the guard reads of a user. */
interface Guarded {
  readonly roles?: readonly string[];
  readonly status: 'active' | 'disabled' | 'deleted';
}

/**
 * Guards what belongs to a user against others: `(caller, userId)` passes where the caller is that user, or may do all
 * that the user may. Otherwise it refuses: 404 `user.not_found` where there is no such user, 403 `auth.escalation` where
 * the user may do more. Reads the roles as they are at this moment.
 */
export const accountGuard =
  (auth: Table) =>
  async (caller: Caller, userId: string): Promise<void> => {
    if (caller.kind === 'user' && caller.id === userId) return;
    const permissions = await permissionsNow(auth, userId);
    if (!permissions) throw notFound('user.not_found', 'There is no user with this id.');
    assertCovers(caller, permissions);
  };

/** Whether a user, as they are at this moment, has a permission; false for nobody and for a user who was deleted. */
export const accountPermits =
  (auth: Table) =>
  async (userId: string, permission: Permission): Promise<boolean> =>
    permits((await permissionsNow(auth, userId)) ?? [], permission);

/** What a user may do by their roles as they are now; undefined where there is no such user. */
const permissionsNow = async (auth: Table, userId: string): Promise<readonly PermissionPattern[] | undefined> => {
  const [user, roles] = await Promise.all([
    auth.get<Guarded>(userKey(userId), { consistent: true, only: GUARDED_ATTRIBUTES }),
    customRoles(auth),
  ]);
  if (!user || user.status === 'deleted') return undefined;
  return permissionsOf(user.roles ?? [], roleTable(roles));
};
