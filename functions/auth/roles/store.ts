import type { Table, TransactWrite } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { eventItem } from '../event-item.ts';
import type { SecurityEvent } from '../events.ts';
import { AUTHZ, authzKey, ROLE_PREFIX } from '../table.ts';
import type { StoredRole } from './role.ts';
import type * as store from './store.ts';

/*
 * Access patterns
 *
 *  #  question         index   key
 *  5  custom roles     table   pk = AUTHZ, sk begins with ROLE#
 *
 * (AUTHZ, ROLES) is the version of all roles together, so that two changes cannot make a cycle between them.
 */

const ROLES_VERSION = authzKey('ROLES');

/** The functions of this file over a table. */
export type RoleStore = Bound<typeof store>;

/** Access pattern 5. */
export const customRoles = (auth: Table): Promise<StoredRole[]> =>
  auth.all<StoredRole>({
    where: '#pk = :pk AND begins_with(#sk, :prefix)',
    values: { pk: AUTHZ, prefix: ROLE_PREFIX },
    consistent: true,
  });

/** The custom roles with their version. The version is read first, so a change in between fails the write that follows. */
export const versionedRoles = async (auth: Table): Promise<{ roles: StoredRole[]; version: number }> => {
  const registry = await auth.get<{ version: number }>(ROLES_VERSION, { consistent: true });
  return { roles: await customRoles(auth), version: registry?.version ?? 0 };
};

/** Writes a role, provided that no role has changed since `version`. */
export const saveRole = (auth: Table, role: StoredRole, version: number): Promise<boolean> =>
  auth.transact([{ put: { ...authzKey(ROLE_PREFIX + role.name), ...role } }, nextVersion(version)]);

/** Deletes a role, provided that no role has changed since `version`. */
export const deleteRole = (auth: Table, name: string, event: SecurityEvent, version: number): Promise<boolean> =>
  auth.transact([
    { delete: authzKey(ROLE_PREFIX + name), when: { expression: 'attribute_exists(#pk)' } },
    { put: eventItem(event) },
    nextVersion(version),
  ]);

const nextVersion = (version: number): TransactWrite => ({
  put: { ...ROLES_VERSION, version: version + 1 },
  when:
    version === 0
      ? { expression: 'attribute_not_exists(#pk)' }
      : { expression: '#version = :seen', values: { seen: version } },
});
