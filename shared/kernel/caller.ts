import { own } from './own.ts';
import type { PermissionPattern } from './permission.ts';

/** The caller, as the authorizer established them. */
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
  /** Tier of the usage plan, which sets the caller's rate limit. */
  readonly tier: string;
  /** True while the first password must be changed: only routes with `whileRestricted` are allowed. */
  readonly restricted: boolean;
  /** The networks from which a key may be used. Absent where it may be used from everywhere. */
  readonly networks?: readonly string[] | undefined;
  /** When the person last proved who they are. Absent for machines, and for sessions of earlier versions. */
  readonly provedAt?: string | undefined;
  /** True where they proved it with a second factor. */
  readonly hasSecondFactor?: boolean | undefined;
}

/** Where a request came from, for the audit trail. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
}

/** What a verb knows of its request: the caller and the origin. */
export interface Request {
  readonly caller: Caller;
  readonly origin: Origin;
}

/** What people call the parts of Tocsin that act by themselves. One that acts for a monitor or a rule is called by its name. */
const PARTS: Readonly<Record<string, string>> = {
  escalation: 'Escalation',
  health: 'Tocsin',
  'incident-rules': 'Incident rules',
  intake: 'Replay',
  monitor: 'Monitor',
  paging: 'Escalation',
  rules: 'Metric rules',
  slo: 'Error budgets',
  timer: 'Timer',
};

/** A part of Tocsin that acts by itself, such as the minute tick. Timelines show `name`. */
export const systemCaller = (part: string, name = own(PARTS, part) ?? part): Caller => ({
  kind: 'system',
  id: `system:${part}`,
  name,
  sessionId: '',
  roles: [],
  permissions: [],
  tier: 'system',
  restricted: false,
});
