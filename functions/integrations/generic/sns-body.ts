import type { JSONValue } from 'json-p3';
import { parseJson } from '../../../shared/http/json.ts';
import { forbidden, unavailable } from '../../../shared/kernel/errors.ts';
import { SnsMessage, type SnsSender } from '../../../shared/aws/sns-message.ts';
import type { StoredIntegration } from '../resources/integration.ts';

export interface SnsDeps {
  readonly sns: SnsSender;
  /** The AWS account of this installation. */
  readonly account: string;
}

/** What SNS posted: the body of a notification; `confirmed` where it was not one; undefined where it is no message of SNS. */
export type SnsBody = { readonly body: JSONValue } | 'confirmed' | undefined;

const accountOf = (topicArn: string): string => /^arn:[^:]+:sns:[^:]+:(\d{12}):/.exec(topicArn)?.[1] ?? '';

/**
 * The message in what SNS posted to an integration, after its signature was checked. A subscription of a topic of this account, or of
 * one that the integration names, is confirmed. Throws `sns.topic` for a topic of another account, `sns.signature` for a message that SNS
 * did not sign, and `sns.unavailable` where SNS cannot be asked.
 */
export const bodyOfSns = async (
  { sns, account }: SnsDeps,
  { accounts }: Pick<StoredIntegration, 'accounts'>,
  { text, host }: { readonly text: string; readonly host: string | undefined },
): Promise<SnsBody> => {
  const message = messageIn(text);
  if (!message) return undefined;
  const sender = accountOf(message.TopicArn);
  if (sender !== account && !(accounts ?? []).includes(sender)) {
    throw forbidden(
      'sns.topic',
      'The topic belongs to an account that the integration does not name. Add the account to the integration.',
    );
  }
  if (!(await orUnavailable(sns.verifies(message, host)))) {
    throw forbidden('sns.signature', 'The message is not signed by SNS.');
  }
  if (message.Type === 'Notification') return { body: parsed(message) };
  if (message.Type === 'SubscriptionConfirmation') await orUnavailable(sns.confirms(message, host));
  return 'confirmed';
};

const messageIn = (text: string): SnsMessage | undefined => {
  try {
    return SnsMessage.parse(parseJson(text));
  } catch {
    return undefined;
  }
};

/** The text of a notification as JSON, or as a field beside its subject. */
const parsed = ({ Message: message, Subject: subject = null }: SnsMessage): JSONValue => {
  try {
    const value = parseJson(message) as JSONValue;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // It is words.
  }
  return { message, subject };
};

const orUnavailable = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((cause: unknown) => {
    throw unavailable('sns.unavailable', 'SNS cannot be reached to verify the message. Send it again in a moment.', {
      retryAfterSeconds: 5,
      cause,
    });
  });
