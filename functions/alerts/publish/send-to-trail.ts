import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { AUDIT_MESSAGE_SCHEMA, type AuditEvent, type AuditMessage } from '../../../shared/kernel/audit-event.ts';
import type { AlertMessage } from '../events.ts';

export interface TrailDeps {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly trailQueueUrl: string;
}

/** Hands what the topic does not carry to the audit trail: quiet transitions, and changes of silences. */
export const keepInTrail = async (
  { sqs, trailQueueUrl }: TrailDeps,
  told: AlertMessage | AuditEvent,
): Promise<void> => {
  const message: AlertMessage | AuditMessage = 'schema' in told ? told : { schema: AUDIT_MESSAGE_SCHEMA, event: told };
  await sqs.send(new SendMessageCommand({ QueueUrl: trailQueueUrl, MessageBody: messageText(message) }));
};

/** SQS takes no U+FFFE and U+FFFF; JSON escapes the other characters that it refuses by itself. */
const messageText = (message: unknown): string =>
  JSON.stringify(message).replace(/[\ufffe\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
