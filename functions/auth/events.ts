/** What can happen to identities. Past tense, by subject; the audit trail calls it the action. */
export type SecurityAction =
  | 'login.succeeded'
  | 'login.failed'
  | 'login.locked'
  | 'session.ended'
  | 'session.reuse_detected'
  | 'password.changed'
  | 'password.refused'
  | 'user.created'
  | 'user.changed'
  | 'user.deleted'
  | 'role.created'
  | 'role.changed'
  | 'role.deleted'
  | 'apikey.created'
  | 'apikey.revoked'
  | 'signing_key.rotated';

export type SecurityOutcome = 'success' | 'failure' | 'denied';

export interface SecurityActor {
  readonly kind: 'user' | 'machine' | 'system' | 'unknown';
  readonly id: string;
  readonly name: string;
}

/**
 * A security event. It lies as `event` in the item that it is about, written by the same write, so that the table's
 * stream carries each one exactly where the state changed. It never holds a password, a token or a key.
 */
export interface SecurityEvent {
  /** `evt_…`, unique; the audit trail takes each id once. */
  readonly id: string;
  readonly type: SecurityAction;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly actor: SecurityActor;
  readonly subject: { readonly kind: string; readonly id: string; readonly name: string };
  readonly outcome: SecurityOutcome;
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly detail?: Readonly<Record<string, string>>;
}
