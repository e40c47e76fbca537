import type { Caller, Origin } from './caller.ts';
import { newId } from './ids.ts';

export type AuditOutcome = 'success' | 'failure' | 'denied';

export interface AuditActor {
  readonly kind: 'user' | 'machine' | 'system' | 'unknown';
  readonly id: string;
  readonly name: string;
}

/**
 * A record of the audit trail. The write that changes an item also writes the event into it, as `event`, so the table's stream
 * carries exactly the events of real changes. An event never contains a password, a token or a key.
 */
export interface AuditEvent<Type extends string = string> {
  /** `evt_…`, unique. The audit trail stores each id once. */
  readonly id: string;
  /** `monitor.changed`: the subject and what happened to it, in the past tense. The audit trail calls it the action. */
  readonly type: Type;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly actor: AuditActor;
  readonly subject: { readonly kind: string; readonly id: string; readonly name: string };
  readonly outcome: AuditOutcome;
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly detail?: Readonly<Record<string, string>>;
}

/** The schema of a message that carries an event to the audit trail, where no table's stream does. */
export const AUDIT_MESSAGE_SCHEMA = 'tocsin.audit/1';

export interface AuditMessage {
  readonly schema: typeof AUDIT_MESSAGE_SCHEMA;
  readonly event: AuditEvent;
}

/** The caller as timelines, versions and the audit trail name it. */
export const actorOf = ({
  kind,
  id,
  name,
}: Pick<Caller, 'kind' | 'id' | 'name'>): Pick<Caller, 'kind' | 'id' | 'name'> => ({ kind, id, name });

/** An unauthenticated caller. */
export const NOBODY: AuditActor = { kind: 'unknown', id: '', name: '' };

/** The origin of Tocsin's own actions. */
export const INSIDE: Origin = { ip: '', userAgent: '', requestId: '' };

/** An event, to be written together with the state that changed. */
export const auditEvent = <Type extends string>(
  of: Pick<AuditEvent<Type>, 'type' | 'actor' | 'subject' | 'detail'> & { readonly outcome?: AuditOutcome },
  origin: Origin,
  at: Date,
): AuditEvent<Type> => ({
  id: newId('evt', at),
  at: at.toISOString(),
  outcome: 'success',
  ...of,
  ip: origin.ip,
  userAgent: origin.userAgent.slice(0, 128),
  requestId: origin.requestId,
});
