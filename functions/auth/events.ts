import type { AuditEvent } from '../../shared/kernel/audit-event.ts';

/** What can happen to identities. Past tense, by subject; the audit trail calls it the action. */
export type SecurityAction =
  | 'login.succeeded'
  | 'login.failed'
  | 'login.locked'
  | 'session.ended'
  | 'session.reuse_detected'
  | 'password.changed'
  | 'password.refused'
  | 'proof.refused'
  | 'factor.confirmed'
  | 'factor.removed'
  | 'passkey.counter_went_back'
  | 'recovery_codes.renewed'
  | 'user.created'
  | 'user.changed'
  | 'user.deleted'
  | 'role.created'
  | 'role.changed'
  | 'role.deleted'
  | 'apikey.created'
  | 'apikey.revoked'
  | 'signing_key.rotated';

/** A security event: one of the auth table's stream. */
export type SecurityEvent = AuditEvent<SecurityAction>;

/** Version of the message that tells that a user was deleted. A change that breaks a reader gets a new one. */
export const USER_DELETED_SCHEMA = 'tocsin.user-deleted/1';

/** A user was deleted. Readers may receive it twice, and receive it once no token of the user is taken any more. */
export interface UserDeleted {
  readonly schema: typeof USER_DELETED_SCHEMA;
  readonly userId: string;
}
