import { PoisonedRecord, type Written } from '../../shared/aws/stream.ts';
import type { AuditEvent } from '../../shared/kernel/audit-event.ts';

export interface Eventful {
  readonly event: AuditEvent;
}

/**
 * The event that this write carries, or undefined where it carries none or the one that was there before. Throws
 * `PoisonedRecord` for something that calls itself an event and is none.
 */
export const eventIn = ({ before, after }: Written<Eventful>): AuditEvent | undefined => {
  const event = after?.event;
  if (!event || event.id === before?.event?.id) return undefined;
  if (!event.id || !event.type || !event.actor || !event.subject || Number.isNaN(Date.parse(event.at))) {
    throw new PoisonedRecord('an event without id, type, actor, subject or time');
  }
  return event;
};
