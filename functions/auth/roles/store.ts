import type { Table, TransactWrite } from '../../../shared/aws/dynamo.ts';
import { eventItem } from '../event-store.ts';
import type { SecurityEvent } from '../events.ts';
import { AUTHZ, authzKey, ROLE_PREFIX } from '../table.ts';
import type { StoredRole } from './role.ts';

/*
 * Access patterns
 *
 *  #  question         index   key
 *  5  custom roles     table   pk = AUTHZ, sk begins with ROLE#
 *
 * (AUTHZ, ROLES) is the version of all roles together, so that two changes cannot make a cycle between them.
 */

const ROLES_VERSION = authzKey('ROLES');

/** Access pattern 5. */
export const customRoles = (auth: Table): Promise<StoredRole[]> =>
  auth.all<StoredRole>({
    where: '#pk = :pk AND begins_with(#sk, :prefix)',
    values: { pk: AUTHZ, prefix: ROLE_PREFIX },
    consistent: true,
  });

/** The custom roles. */
export const roleStore = (auth: Table) => {
  /** All roles. The version is read before the roles, so that what changes in between makes a write on it fail. */
  const roles = async (): Promise<{ roles: StoredRole[]; version: number }> => {
    const registry = await auth.get<{ version: number }>(ROLES_VERSION, { consistent: true });
    return { roles: await customRoles(auth), version: registry?.version ?? 0 };
  };

  const rolesChanged = (version: number): TransactWrite => ({
    put: { ...ROLES_VERSION, version: version + 1 },
    when:
      version === 0
        ? { expression: 'attribute_not_exists(#pk)' }
        : { expression: '#version = :seen', values: { seen: version } },
  });

  /** Writes a role, provided that no role has changed since all were read. */
  const saveRole = (role: StoredRole, version: number): Promise<boolean> =>
    auth.transact([{ put: { ...authzKey(ROLE_PREFIX + role.name), ...role } }, rolesChanged(version)]);

  const deleteRole = (name: string, event: SecurityEvent, version: number): Promise<boolean> =>
    auth.transact([
      { delete: authzKey(ROLE_PREFIX + name), when: { expression: 'attribute_exists(#pk)' } },
      { put: eventItem(event) },
      rolesChanged(version),
    ]);

  return { roles, saveRole, deleteRole };
};

export type RoleStore = ReturnType<typeof roleStore>;
