import type { Clock } from '../../../shared/kernel/clock.ts';
import type { RoleTable } from './grants.ts';
import { roleTable } from './role.ts';
import type { RoleStore } from './store.ts';

const FRESH_MS = 20_000;

/** The custom roles as they were at most 20 s ago: good enough for tiers and for what somebody is shown. */
export const roleCache = ({ store, clock }: { readonly store: Pick<RoleStore, 'roles'>; readonly clock: Clock }) => {
  let cached: { readonly at: number; readonly roles: RoleTable } | undefined;
  return async (): Promise<RoleTable> => {
    const now = clock.now().getTime();
    if (cached && now - cached.at < FRESH_MS) return cached.roles;
    cached = { at: now, roles: roleTable((await store.roles()).roles) };
    return cached.roles;
  };
};

export type Roles = ReturnType<typeof roleCache>;
