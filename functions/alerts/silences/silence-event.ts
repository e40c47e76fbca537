import { actorOf, auditEvent, type AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { matcherText } from './matcher-text.ts';
import type { Silence } from './silence.ts';

/** The event of a change of a silence, for the audit trail. */
export const silenceEvent = (
  type: 'silence.created' | 'silence.changed' | 'silence.expired',
  { id, matchers, startsAt, endsAt, comment }: Silence,
  { caller, origin }: Request,
  at: Date,
): AuditEvent =>
  auditEvent(
    {
      type,
      actor: actorOf(caller),
      subject: { kind: 'silence', id, name: matchers.map(matcherText).join(', ').slice(0, 512) },
      detail: { startsAt, endsAt, comment: comment.slice(0, 512) },
    },
    origin,
    at,
  );
