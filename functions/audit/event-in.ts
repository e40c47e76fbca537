import { type Written } from '../../shared/aws/stream.ts';
import { PoisonedRecord } from '../../shared/kernel/poisoned-record.ts';
import type { AuditEvent } from '../../shared/kernel/audit-event.ts';

export interface Eventful {
  readonly event: AuditEvent;
}

/**
 * The new event of a write; undefined where the item carries none or still carries the one before. Throws `PoisonedRecord` for an
 * event that lacks what an entry needs.
 */
export const eventIn = ({ before, after }: Written<Eventful>): AuditEvent | undefined => {
  const event = after?.event;
  if (!event || event.id === before?.event?.id) return undefined;
  if (!event.id || !event.type || !event.actor || !event.subject || Number.isNaN(Date.parse(event.at))) {
    throw new PoisonedRecord('an event without id, type, actor, subject or time');
  }
  return event;
};
