import { AUDIT_MESSAGE_SCHEMA, type AuditMessage } from '../../shared/kernel/audit-event.ts';
import { messageIn } from '../../shared/aws/queue.ts';
import { ALERT_MESSAGE_SCHEMA, isAlertMessage } from '../alerts/events.ts';
import { entryOfAlert, entryOfEvent, type AuditEntry } from './entry.ts';

/**
 * The entry of a message of the queue: a transition of an alert, or an event that was sent to the trail alone. Throws for
 * anything else.
 */
export const entryIn = (body: string): AuditEntry => {
  const received = messageIn(body);
  if (isAlertMessage(received)) return entryOfAlert(received);
  const { schema, event } = (received ?? {}) as Partial<AuditMessage>;
  if (schema === AUDIT_MESSAGE_SCHEMA && event?.id && event.actor && event.at) return entryOfEvent(event);
  throw new Error(`Not a message of the schema ${ALERT_MESSAGE_SCHEMA} or ${AUDIT_MESSAGE_SCHEMA}`);
};
