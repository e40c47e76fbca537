import type { Clock } from '../../../shared/kernel/clock.ts';
import type { RoleTable } from './grants.ts';
import { roleTable } from './role.ts';
import type { RoleStore } from './store.ts';

const FRESH_MS = 20_000;

/** The custom roles, at most 20 s old: fresh enough for tiers and for display. */
export const roleCache = ({
  store,
  clock,
}: {
  readonly store: Pick<RoleStore, 'customRoles'>;
  readonly clock: Clock;
}) => {
  let cached: { readonly at: number; readonly roles: RoleTable } | undefined;
  return async (): Promise<RoleTable> => {
    const now = clock.now().getTime();
    if (cached && now - cached.at < FRESH_MS) return cached.roles;
    cached = { at: now, roles: roleTable(await store.customRoles()) };
    return cached.roles;
  };
};

export type Roles = ReturnType<typeof roleCache>;
