import type { PermissionPattern } from './permission.ts';

/** Who calls, as the authorizer established it. */
export interface Caller {
  readonly kind: 'user' | 'machine' | 'system';
  /** User id or API key id. */
  readonly id: string;
  /** User name or key name, for timelines and the audit trail. */
  readonly name: string;
  /** Session id; empty for a machine. */
  readonly sessionId: string;
  readonly roles: readonly string[];
  readonly permissions: readonly PermissionPattern[];
  /** Tier of the usage plan, which tells the caller's rate limit. */
  readonly tier: string;
  /** True while the first password must be changed: only routes that say so may be called. */
  readonly restricted: boolean;
}

/** Where a request came from, for the audit trail. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
}

/** What a verb knows of the request that asks for it: who calls, and from where. */
export interface Request {
  readonly caller: Caller;
  readonly origin: Origin;
}

/** A part of Tocsin that acts by itself, such as the minute tick. */
export const systemCaller = (name: string): Caller => ({
  kind: 'system',
  id: `system:${name}`,
  name,
  sessionId: '',
  roles: [],
  permissions: [],
  tier: 'system',
  restricted: false,
});
