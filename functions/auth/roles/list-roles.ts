import type { Page } from '../../../shared/kernel/page.ts';
import { builtInRoles, roleTable, roleView, type Role } from './role.ts';
import type { RoleStore } from './store.ts';

/** All roles: the built-in ones, then the custom ones by name. They always fit one page of two hundred. */
export const listRoles = async ({ store }: { readonly store: Pick<RoleStore, 'customRoles'> }): Promise<Page<Role>> => {
  const roles = await store.customRoles();
  const custom = roleTable(roles);
  return { items: [...builtInRoles(), ...roles.map((role) => roleView(role, custom))], next: null };
};
