import { AUDIT_MESSAGE_SCHEMA, type AuditMessage } from '../../shared/kernel/audit-event.ts';
import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../alerts/events.ts';
import { entryOfAlert, entryOfEvent, type AuditEntry } from './entry.ts';

/**
 * The entry that the body of a queue's message tells of: an alert's message, raw or in SNS's envelope, or an event of the
 * trail. Throws for anything else.
 */
export const entryIn = (body: string): AuditEntry => {
  const parsed = JSON.parse(body) as { readonly Type?: string; readonly Message?: string };
  const message = (parsed.Type === 'Notification' && parsed.Message ? JSON.parse(parsed.Message) : parsed) as
    Partial<AlertMessage> | Partial<AuditMessage>;
  if (message.schema === AUDIT_MESSAGE_SCHEMA && message.event?.id && message.event.actor && message.event.at) {
    return entryOfEvent(message.event);
  }
  if (message.schema !== ALERT_MESSAGE_SCHEMA || !message.alert || !message.actor || !message.at) {
    throw new Error(`Not a message of the schema ${ALERT_MESSAGE_SCHEMA} or ${AUDIT_MESSAGE_SCHEMA}`);
  }
  return entryOfAlert(message as AlertMessage);
};
