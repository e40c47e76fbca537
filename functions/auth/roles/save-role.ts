import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, forbidden, unprocessable } from '../../../shared/kernel/errors.ts';
import { assertCovers } from './assert-covers.ts';
import { isBuiltIn, permissionsOf, type RoleTable } from './grants.ts';
import {
  assertRolesExist,
  cycleThrough,
  MAX_ROLES,
  noSuchRole,
  roleTable,
  roleView,
  type CreateRole,
  type Role,
} from './role.ts';
import type { RoleStore } from './store.ts';

interface RoleDeps {
  readonly store: Pick<RoleStore, 'versionedRoles' | 'saveRole'>;
  readonly clock: Clock;
}

/** Throws `role.built_in` for a role that every installation has. */
export const assertCustom = (name: string): void => {
  if (isBuiltIn(name)) {
    throw forbidden('role.built_in', 'A built-in role cannot change. Make a custom role that inherits from it.');
  }
};

/** The refusal of a change of a role that the change of another role overtook. */
export const overtaken = () =>
  conflict('role.changed', 'Another role changed at the same moment. Read the roles again and repeat the change.');

/** Creates a custom role. */
export const createRole = async (deps: RoleDeps, request: Request, wanted: CreateRole): Promise<Role> => {
  const { roles, version } = await deps.store.versionedRoles();
  const custom = roleTable(roles);
  if (custom.has(wanted.name) || isBuiltIn(wanted.name)) {
    throw conflict('role.exists', 'A role with this name exists. Choose another name.');
  }
  if (roles.length >= MAX_ROLES) {
    throw conflict('role.too_many', `There are ${MAX_ROLES} custom roles already. Delete one first.`);
  }
  return saveRole(deps, request, { wanted, custom, version, type: 'role.created' });
};

/** Replaces a custom role. Its holders have the new permissions within a minute. */
export const replaceRole = async (deps: RoleDeps, request: Request, wanted: CreateRole): Promise<Role> => {
  const { roles, version } = await deps.store.versionedRoles();
  const custom = roleTable(roles);
  assertCustom(wanted.name);
  if (!custom.has(wanted.name)) throw noSuchRole();
  return saveRole(deps, request, { wanted, custom, version, type: 'role.changed' });
};

interface Saving {
  readonly wanted: CreateRole;
  /** The roles as they were read, and at which version. */
  readonly custom: RoleTable;
  readonly version: number;
  readonly type: 'role.created' | 'role.changed';
}

const saveRole = async (
  { store, clock }: RoleDeps,
  { caller, origin }: Request,
  { wanted, custom, version, type }: Saving,
): Promise<Role> => {
  const { name, description = '', permissions, inherits = [], tier = null } = wanted;
  assertRolesExist(inherits, custom, '/inherits');
  if (cycleThrough(name, inherits, custom) !== undefined) {
    throw unprocessable('role.cycle', 'The role would inherit from itself. Leave out the role that leads back to it.', {
      errors: [{ pointer: '/inherits', detail: `leads back to ${name}` }],
    });
  }
  const event = auditEvent(
    {
      type,
      actor: actorOf(caller),
      subject: { kind: 'role', id: name, name },
      detail: { permissions: permissions.join(' '), inherits: inherits.join(' ') },
    },
    origin,
    clock.now(),
  );
  const role = { name, description, permissions, inherits, tier, event };
  const after = new Map([...custom, [name, role]]);
  assertCovers(caller, [...permissionsOf([name], custom), ...permissionsOf([name], after)]);
  if (!(await store.saveRole(role, version))) throw overtaken();
  return roleView(role, after);
};
