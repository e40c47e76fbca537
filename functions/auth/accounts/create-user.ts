import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, unprocessable } from '../../../shared/kernel/errors.ts';
import { mustCover } from '../roles/must-cover.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { permissionsOf, type RoleTable } from '../roles/grants.ts';
import { hashPassword } from './hash-password.ts';
import { generatedPassword, mustBeGood } from './new-password.ts';
import { roleTable, unknownRoles } from '../roles/role.ts';
import type { UserStore } from './store.ts';
import type { RoleStore } from '../roles/store.ts';
import { effectiveTier, newUser, subjectOf, userView, type CreateUser, type UserWithPassword } from './user.ts';

/** Makes a user. Without a password one is generated, told this once, and must be changed at the first login. */
export const createUser = async (
  { store, clock }: { readonly store: Pick<UserStore, 'createUser'> & Pick<RoleStore, 'roles'>; readonly clock: Clock },
  caller: Caller,
  request: CreateUser,
  origin: Origin,
): Promise<UserWithPassword> => {
  const custom = roleTable((await store.roles()).roles);
  mustExist(request.roles, custom);
  mustCover(caller, permissionsOf(request.roles, custom));
  if (request.password !== undefined) mustBeGood(request.password, [request.username], 'password');

  const password = request.password ?? generatedPassword();
  const passwordHash = await hashPassword(password);
  const at = clock.now();
  const user = newUser(
    {
      username: request.username,
      displayName: request.displayName ?? request.username,
      roles: request.roles,
      tier: request.tier ?? null,
      passwordHash,
      passwordChangeRequired: request.password === undefined,
    },
    at,
  );
  const event = auditEvent(
    { type: 'user.created', actor: actorOf(caller), subject: subjectOf(user), detail: { roles: user.roles.join(' ') } },
    origin,
    at,
  );
  const stored = { ...user, wantedTier: effectiveTier(user, custom), event };
  if ((await store.createUser(stored)) === 'taken') {
    throw conflict('user.name_taken', 'Somebody has this user name already.', {
      errors: [{ pointer: '/username', detail: 'is taken' }],
    });
  }
  return { ...userView(stored), ...(request.password === undefined && { password }) };
};

/** Refuses names of roles that nobody defined. */
export const mustExist = (roles: readonly string[], custom: RoleTable): void => {
  const unknown = unknownRoles(roles, custom);
  if (unknown.length > 0) {
    throw unprocessable('role.unknown', `There is no role ${unknown.join(', ')}.`, {
      errors: [{ pointer: '/roles', detail: `unknown: ${unknown.join(', ')}` }],
    });
  }
};
