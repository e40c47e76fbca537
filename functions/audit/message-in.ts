import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../alerts/events.ts';

/** The alert's message in the body of a queue's message, raw or in SNS's envelope. Throws for anything else. */
export const messageIn = (body: string): AlertMessage => {
  const parsed = JSON.parse(body) as { readonly Type?: string; readonly Message?: string };
  const message = (
    parsed.Type === 'Notification' && parsed.Message ? JSON.parse(parsed.Message) : parsed
  ) as Partial<AlertMessage>;
  if (message.schema !== ALERT_MESSAGE_SCHEMA || !message.alert || !message.actor || !message.at) {
    throw new Error(`Not a message of the schema ${ALERT_MESSAGE_SCHEMA}`);
  }
  return message as AlertMessage;
};
