/** A permission that a route asks for, such as `monitoring.alert.acknowledge`. */
export type Permission = string;

/** A granted pattern: an exact permission, `*`, or a prefix such as `monitoring.*`. */
export type PermissionPattern = string;

/** What a route asks for: a permission, or one that is narrower. */
export interface Asked {
  readonly permission: Permission;
  readonly narrower?: Permission | undefined;
}

/** True when the patterns cover what a route asks for. */
export const opens = (patterns: readonly PermissionPattern[], { permission, narrower }: Asked): boolean =>
  permits(patterns, permission) || (narrower !== undefined && permits(patterns, narrower));

/** True when one of the patterns covers the permission. `monitoring.*` covers `monitoring.read`, not `monitoring`. */
export const permits = (patterns: readonly PermissionPattern[], permission: Permission): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : pattern === permission,
  );
