import * as z from 'zod/mini';
import { notFound, unprocessable } from '../../../shared/kernel/errors.ts';
import { nearest } from '../../../shared/kernel/nearest.ts';
import { KNOWN_PATTERNS } from '../../../shared/kernel/permission.ts';
import { BUILT_IN_ROLES, isBuiltIn, permissionsOf, tierOf, type RoleTable } from './grants.ts';
import type { SecurityEvent } from '../events.ts';
import { RoleName, TierName } from '../accounts/user.ts';

/** A permission or a prefix: `*`, `monitoring.*`, `monitoring.alert.acknowledge`. */
export const Pattern = z.enum(KNOWN_PATTERNS).register(z.globalRegistry, {
  id: 'PermissionPattern',
  description: 'A permission, or a prefix that covers all permissions below it, later ones too.',
});

export const noSuchRole = () => notFound('role.not_found', 'There is no custom role with this name.');

const definition = {
  description: z.optional(z.string().check(z.trim(), z.maxLength(512))),
  permissions: z.array(Pattern).check(z.maxLength(64)),
  inherits: z.optional(z.array(RoleName).check(z.maxLength(16))),
  tier: z.optional(z.nullable(TierName)),
};

export const CreateRole = z
  .strictObject({ name: RoleName, ...definition })
  .register(z.globalRegistry, { id: 'CreateRole' });
export type CreateRole = z.infer<typeof CreateRole>;

export const ReplaceRole = z.strictObject(definition).register(z.globalRegistry, { id: 'ReplaceRole' });
export type ReplaceRole = z.infer<typeof ReplaceRole>;

export const Role = z
  .object({
    name: z.string(),
    description: z.string(),
    builtIn: z.boolean(),
    permissions: z.array(z.string()),
    inherits: z.array(z.string()),
    /** All permissions of the role, including inherited ones. */
    effectivePermissions: z.readonly(z.array(z.string())),
    tier: z.nullable(TierName),
    effectiveTier: TierName,
  })
  .register(z.globalRegistry, { id: 'Role' });
export type Role = z.infer<typeof Role>;

/** A custom role as the table stores it. */
export interface StoredRole {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
  readonly inherits: readonly string[];
  readonly tier: Role['tier'];
  readonly event: SecurityEvent;
}

/** The most custom roles of an installation: the authorizer keeps them all in memory. */
export const MAX_ROLES = 100;

export const roleTable = (roles: readonly StoredRole[]): RoleTable => new Map(roles.map((role) => [role.name, role]));

const NO_ROLES: RoleTable = new Map();

const DESCRIPTIONS: Readonly<Record<keyof typeof BUILT_IN_ROLES, string>> = {
  admin: 'Has every permission',
  owner: 'Has every permission',
  developer: 'Monitoring with alerts, rules and metrics, and on-call; no users',
  analyst: 'Reads monitoring, performance and on-call',
  operator: 'Reads monitoring and on-call, acknowledges and resolves alerts, runs incidents, overrides shifts',
  member: 'Reads alerts, incidents and on-call, swaps own shifts',
  viewer: 'Reads health',
};

export const builtInRoles = (): Role[] =>
  Object.entries(BUILT_IN_ROLES).map(([name, grant]) => ({
    name,
    description: DESCRIPTIONS[name as keyof typeof BUILT_IN_ROLES],
    builtIn: true,
    permissions: [...grant.permissions],
    inherits: [],
    effectivePermissions: permissionsOf([name], NO_ROLES),
    tier: 'tier' in grant ? grant.tier : null,
    effectiveTier: tierOf([name], NO_ROLES),
  }));

export const roleView = ({ name, description, permissions, inherits, tier }: StoredRole, custom: RoleTable): Role => ({
  name,
  description,
  builtIn: false,
  permissions: [...permissions],
  inherits: [...inherits],
  effectivePermissions: permissionsOf([name], custom),
  tier,
  effectiveTier: tierOf([name], custom),
});

/** The role in `inherits` that leads back to `name`; undefined where none does. */
export const cycleThrough = (name: string, inherits: readonly string[], custom: RoleTable): string | undefined => {
  const seen = new Set<string>();
  const reaches = (from: string): boolean => {
    if (from === name) return true;
    if (seen.has(from) || isBuiltIn(from)) return false;
    seen.add(from);
    return (custom.get(from)?.inherits ?? []).some(reaches);
  };
  return inherits.find(reaches);
};

/** Throws `role.unknown` for names that are neither built in nor custom. */
export const assertRolesExist = (wanted: readonly string[], custom: RoleTable, pointer = '/roles'): void => {
  const unknown = wanted.filter((name) => !isBuiltIn(name) && !custom.has(name));
  if (unknown.length > 0) {
    const names = [...Object.keys(BUILT_IN_ROLES), ...custom.keys()];
    const meant = unknown.flatMap((name) => nearest(name, names) ?? []);
    const advice = meant.length > 0 ? ` Did you mean ${meant.join(', ')}?` : '';
    throw unprocessable(
      'role.unknown',
      `There is no role ${unknown.join(', ')}.${advice} GET /api/roles lists them all.`,
      {
        errors: [{ pointer, detail: `unknown: ${unknown.join(', ')}` }],
      },
    );
  }
};
