/** A permission that a route asks for, such as `monitoring.alert.acknowledge`. */
export type Permission = string;

/** A granted pattern: an exact permission, `*`, or a prefix such as `monitoring.*`. */
export type PermissionPattern = string;

/** True when one of the patterns covers the permission. `monitoring.*` covers `monitoring.read`, not `monitoring`. */
export const permits = (patterns: readonly PermissionPattern[], permission: Permission): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : pattern === permission,
  );
