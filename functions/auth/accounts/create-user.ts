import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { assertCovers } from '../roles/assert-covers.ts';
import { isAdminBy, permissionsOf } from '../roles/grants.ts';
import { assertRolesExist, roleTable } from '../roles/role.ts';
import type { RoleStore } from '../roles/store.ts';
import { hashPassword } from './hash-password.ts';
import { assertGoodPassword, generatedPassword } from './new-password.ts';
import type { UserStore } from './user-store.ts';
import { effectiveTier, newUser, subjectOf, userView, type CreateUser, type UserWithPassword } from './user.ts';

/** Creates a user. Where no password is given, one is generated, shown once, and must be changed at the first login. */
export const createUser = async (
  {
    store,
    clock,
  }: { readonly store: Pick<UserStore, 'createUser'> & Pick<RoleStore, 'customRoles'>; readonly clock: Clock },
  { caller, origin }: Request,
  { username, displayName = username, roles, tier = null, password }: CreateUser,
): Promise<UserWithPassword> => {
  const custom = roleTable(await store.customRoles());
  assertRolesExist(roles, custom);
  assertCovers(caller, permissionsOf(roles, custom));
  if (password !== undefined) assertGoodPassword(password, [username], 'password');

  const generated = password === undefined ? generatedPassword() : undefined;
  const passwordHash = await hashPassword(password ?? generated ?? '');
  const at = clock.now();
  const user = newUser(
    { username, displayName, roles, tier, passwordHash, passwordChangeRequired: generated !== undefined },
    at,
  );
  const event = auditEvent(
    {
      type: 'user.created',
      actor: actorOf(caller),
      subject: subjectOf(user),
      detail: { roles: roles.join(' '), ...(isAdminBy(roles) && { administrator: 'new' }) },
    },
    origin,
    at,
  );
  const stored = { ...user, wantedTier: effectiveTier(user, custom), event };
  if ((await store.createUser(stored)) === 'taken') {
    throw conflict('user.name_taken', 'Another user has this user name. Choose another one.', {
      errors: [{ pointer: '/username', detail: 'is taken' }],
    });
  }
  return { ...userView(stored), ...(generated !== undefined && { password: generated }) };
};
