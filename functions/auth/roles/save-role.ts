import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, forbidden, unprocessable } from '../../../shared/kernel/errors.ts';
import { mustExist } from '../accounts/create-user.ts';
import { mustCover } from './must-cover.ts';
import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import { isBuiltIn, permissionsOf } from './grants.ts';
import {
  cycleThrough,
  MAX_ROLES,
  noSuchRole,
  roleTable,
  roleView,
  type CreateRole,
  type ReplaceRole,
  type Role,
} from './role.ts';
import type { RoleStore } from './store.ts';

interface RoleDeps {
  readonly store: Pick<RoleStore, 'roles' | 'saveRole'>;
  readonly clock: Clock;
}

/** Built-in roles are the same everywhere. */
export const mustBeCustom = (name: string): void => {
  if (isBuiltIn(name)) {
    throw forbidden('role.built_in', 'Built-in roles cannot be changed. Make a custom one that inherits from it.');
  }
};

export const rolesKeptChanging = () =>
  conflict('role.changed', 'Another role changed at the same moment. Look again and try again.');

/** Makes a custom role. */
export const createRole = (deps: RoleDeps, caller: Caller, request: CreateRole, origin: Origin): Promise<Role> =>
  save(deps, caller, request.name, request, origin, 'create');

/** Replaces a custom role; whoever has it has the new permissions within a minute. */
export const replaceRole = (
  deps: RoleDeps,
  caller: Caller,
  name: string,
  request: ReplaceRole,
  origin: Origin,
): Promise<Role> => save(deps, caller, name, request, origin, 'replace');

const save = async (
  { store, clock }: RoleDeps,
  caller: Caller,
  name: string,
  request: ReplaceRole,
  origin: Origin,
  how: 'create' | 'replace',
): Promise<Role> => {
  const { roles, version } = await store.roles();
  const custom = roleTable(roles);
  const before = custom.get(name);
  if (how === 'create' && (before || isBuiltIn(name))) throw conflict('role.exists', 'There is a role of this name.');
  mustBeCustom(name);
  if (how === 'replace' && !before) throw noSuchRole();
  if (how === 'create' && roles.length >= MAX_ROLES) {
    throw conflict('role.too_many', `There are ${MAX_ROLES} custom roles already. Delete one first.`);
  }

  const inherits = request.inherits ?? [];
  mustExist(inherits, custom);
  if (cycleThrough(name, inherits, custom) !== undefined) {
    throw unprocessable('role.cycle', 'The role would inherit from itself.', {
      errors: [{ pointer: '/inherits', detail: `leads back to ${name}` }],
    });
  }
  const at = clock.now();
  const role = {
    name,
    description: request.description ?? '',
    permissions: request.permissions,
    inherits,
    tier: request.tier ?? null,
    event: auditEvent(
      {
        type: how === 'create' ? 'role.created' : 'role.changed',
        actor: actorOf(caller),
        subject: { kind: 'role', id: name, name },
        detail: { permissions: request.permissions.join(' '), inherits: inherits.join(' ') },
      },
      origin,
      at,
    ),
  };
  const after = new Map([...custom, [name, role]]);
  mustCover(caller, [...permissionsOf([name], custom), ...permissionsOf([name], after)]);
  if (!(await store.saveRole(role, version))) throw rolesKeptChanging();
  return roleView(role, after);
};
