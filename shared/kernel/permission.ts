/** Every permission that there is. A route asks for one of them, and a role grants patterns over them. */
export const PERMISSIONS = [
  'identity.apikey.read',
  'identity.apikey.write',
  'identity.role.read',
  'identity.role.write',
  'identity.user.read',
  'identity.user.write',
  'incidents.private',
  'integrations.ingest',
  'monitoring.alert.acknowledge',
  'monitoring.alert.read',
  'monitoring.alert.resolve',
  'monitoring.config.read',
  'monitoring.config.update',
  'monitoring.health.read',
  'monitoring.incident.create',
  'monitoring.incident.read',
  'monitoring.incident.update',
  // Of those who are on call: monitors with their results, and nothing else of the configuration.
  'monitoring.monitor.read',
  // Granted to analysts. Routes ask for monitoring.read, which analysts have too.
  'monitoring.performance.read',
  // Of machine keys that only ping heartbeats by their slugs.
  'monitoring.ping',
  'monitoring.read',
  'monitoring.write',
  'oncall.override.write',
  'oncall.policy.write',
  'oncall.read',
  'oncall.routing.write',
  'oncall.schedule.write',
  'oncall.service.write',
  'oncall.swap',
  'security.audit.read',
  'security.status.read',
  'status.publish',
  'status.read',
  'status.write',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** A granted pattern as it is stored: a permission, `*`, or a prefix such as `monitoring.*`. Users write some of them. */
export type PermissionPattern = string;

/** `monitoring.*` and `monitoring.alert.*` of `monitoring.alert.read`. */
type PrefixOf<P extends string> = P extends `${infer Head}.${infer Tail}`
  ? `${Head}.*` | `${Head}.${PrefixOf<Tail>}`
  : never;

/** A pattern over permissions that exist, as code writes it. */
export type KnownPattern = '*' | Permission | PrefixOf<Permission>;

/** `monitoring.*` and `monitoring.alert.*` of `monitoring.alert.read`. */
const prefixesOf = (permission: string): readonly string[] =>
  permission.split('.').map((_, i, parts) => [...parts.slice(0, i), '*'].join('.'));

/** Every pattern over permissions that exist. */
export const KNOWN_PATTERNS = [...new Set([...PERMISSIONS.flatMap(prefixesOf), ...PERMISSIONS])].sort();

/** What a route asks for: a permission, or a narrower one. */
export interface Requirement {
  readonly permission: Permission;
  readonly narrower?: Permission | undefined;
}

/** True when the patterns allow what a route asks for. */
export const allows = (patterns: readonly PermissionPattern[], { permission, narrower }: Requirement): boolean =>
  permits(patterns, permission) || (narrower !== undefined && permits(patterns, narrower));

/** True when one of the patterns covers the permission. */
export const permits = (patterns: readonly PermissionPattern[], permission: Permission): boolean =>
  patterns.some((pattern) => isCovered(permission, pattern));

/** True when the pattern covers the name. `monitoring.*` covers `monitoring.read`, but not `monitoring`. */
export const isCovered = (name: string, pattern: PermissionPattern): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
