import type { Caller, Origin } from './caller.ts';
import { newId } from './ids.ts';

export type AuditOutcome = 'success' | 'failure' | 'denied';

export interface AuditActor {
  readonly kind: 'user' | 'machine' | 'system' | 'unknown';
  readonly id: string;
  readonly name: string;
}

/**
 * Something that the audit trail keeps. It lies as `event` in the item that it is about, written by the same write, so that
 * the table's stream carries each one exactly where the state changed. It never holds a password, a token or a key.
 */
export interface AuditEvent<Type extends string = string> {
  /** `evt_…`, unique; the audit trail takes each id once. */
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
export const actorOf = ({ kind, id, name }: Caller): Pick<Caller, 'kind' | 'id' | 'name'> => ({ kind, id, name });

/** Somebody who has not said, or not proved, who they are. */
export const NOBODY: AuditActor = { kind: 'unknown', id: '', name: '' };

/** The origin of what Tocsin does by itself. */
export const INSIDE: Origin = { ip: '', userAgent: '', requestId: '' };

/** An event as it is written beside the state that it changed. */
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
