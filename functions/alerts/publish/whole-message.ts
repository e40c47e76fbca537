import type { Alert } from '../alert.ts';
import type { AlertMessage } from '../events.ts';

/**
 * The message of the topic with the whole alert: the parts that SNS had no room for are read from the table. So rules decide on a
 * large alert as on a small one. The message of an alert that is gone stays as it is.
 */
export const wholeMessage = async (
  alertNow: (id: string) => Promise<Alert | undefined>,
  message: AlertMessage,
): Promise<AlertMessage> => {
  if (!message.truncated) return message;
  const now = await alertNow(message.alert.id);
  if (!now) return message;
  const { truncated: _, ...rest } = message;
  const { description, labels, annotations } = now;
  return { ...rest, alert: { ...message.alert, description, labels, annotations } };
};
