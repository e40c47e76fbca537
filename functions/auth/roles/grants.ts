import { isCovered, type KnownPattern, type PermissionPattern } from '../../../shared/kernel/permission.ts';
import { TIERS, type Tier } from '../../../shared/kernel/tiers.ts';

/** What a role grants. A custom role may inherit from others, built in or custom. */
export interface RoleGrant {
  readonly permissions: readonly PermissionPattern[];
  readonly inherits?: readonly string[];
  readonly tier?: Tier | null;
}

/** The roles of every installation. They cannot change. */
export const BUILT_IN_ROLES = {
  admin: { permissions: ['*'], tier: 'high' },
  owner: { permissions: ['*'], tier: 'high' },
  developer: { permissions: ['monitoring.*', 'oncall.*', 'integrations.ingest', 'status.*'], tier: 'plus' },
  analyst: {
    permissions: [
      'monitoring.read',
      'monitoring.config.read',
      'monitoring.performance.read',
      'oncall.read',
      'status.read',
    ],
  },
  operator: {
    permissions: [
      'monitoring.read',
      'monitoring.alert.*',
      'monitoring.incident.*',
      'monitoring.monitor.read',
      'oncall.read',
      'oncall.override.write',
      'oncall.swap',
      'status.publish',
      'status.read',
    ],
    tier: 'plus',
  },
  member: {
    permissions: [
      'monitoring.alert.read',
      'monitoring.incident.read',
      'monitoring.health.read',
      'oncall.read',
      'oncall.swap',
      'status.read',
    ],
  },
  viewer: { permissions: ['monitoring.health.read'] },
} as const satisfies Readonly<Record<string, RoleGrant & { readonly permissions: readonly KnownPattern[] }>>;

/** The roles of an administrator. At least one active user always has one of them. */
const ADMIN_ROLES: readonly string[] = ['admin', 'owner'];

/** Custom roles by name. It is a map because names come from outside, and `constructor` is a valid one. */
export type RoleTable = ReadonlyMap<string, RoleGrant>;

export const isBuiltIn = (name: string): boolean => Object.hasOwn(BUILT_IN_ROLES, name);

const grantOf = (name: string, custom: RoleTable): RoleGrant | undefined =>
  isBuiltIn(name) ? BUILT_IN_ROLES[name as keyof typeof BUILT_IN_ROLES] : custom.get(name);

/** The roles and all that they inherit from. An unknown name grants nothing. A cycle ends. */
export const withInherited = (names: readonly string[], custom: RoleTable): readonly string[] => {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const grant = found.has(name) ? undefined : grantOf(name, custom);
    if (!grant) return;
    found.add(name);
    grant.inherits?.forEach(visit);
  };
  names.forEach(visit);
  return [...found];
};

/** Every pattern that the roles grant or inherit, without patterns that another one covers. */
export const permissionsOf = (names: readonly string[], custom: RoleTable): readonly PermissionPattern[] =>
  shortest(withInherited(names, custom).flatMap((name) => grantOf(name, custom)?.permissions ?? []));

/** The same permissions in the fewest patterns. */
export const shortest = (patterns: readonly PermissionPattern[]): readonly PermissionPattern[] => {
  const unique = [...new Set(patterns)];
  return unique.filter((pattern) => !unique.some((other) => other !== pattern && coversOne(other, pattern))).sort();
};

/** The most generous tier of the roles; `standard` where none names one. */
export const tierOf = (names: readonly string[], custom: RoleTable): Tier =>
  withInherited(names, custom)
    .map((name) => grantOf(name, custom)?.tier ?? 'standard')
    .reduce((best, tier) => (TIERS[tier].requestsPerMinute > TIERS[best].requestsPerMinute ? tier : best), 'standard');

const coversOne = (pattern: PermissionPattern, wanted: PermissionPattern): boolean =>
  wanted.endsWith('*')
    ? pattern.endsWith('*') && wanted.slice(0, -1).startsWith(pattern.slice(0, -1))
    : isCovered(wanted, pattern);

/** True when `held` covers everything in `wanted`. */
export const covers = (held: readonly PermissionPattern[], wanted: readonly PermissionPattern[]): boolean =>
  wanted.every((pattern) => held.some((mine) => coversOne(mine, pattern)));

export const isAdminBy = (roles: readonly string[]): boolean => roles.some((role) => ADMIN_ROLES.includes(role));
