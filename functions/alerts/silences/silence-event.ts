import { actorOf, auditEvent, type AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import { matcherText } from './matcher-text.ts';
import type { Silence } from './silence.ts';

/** Who did what to a silence, for the audit trail. */
export const silenceEvent = (
  type: 'silence.created' | 'silence.changed' | 'silence.expired',
  { id, matchers, startsAt, endsAt, comment }: Silence,
  by: { readonly caller: Caller; readonly origin: Origin },
  at: Date,
): AuditEvent =>
  auditEvent(
    {
      type,
      actor: actorOf(by.caller),
      subject: { kind: 'silence', id, name: matchers.map(matcherText).join(', ').slice(0, 512) },
      detail: { startsAt, endsAt, comment: comment.slice(0, 512) },
    },
    by.origin,
    at,
  );
