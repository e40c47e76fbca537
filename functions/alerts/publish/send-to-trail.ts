import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import { AUDIT_MESSAGE_SCHEMA, type AuditEvent, type AuditMessage } from '../../../shared/kernel/audit-event.ts';
import type { AlertMessage } from '../events.ts';

export interface TrailDeps {
  readonly sqs: Queue['sqs'];
  readonly trailQueueUrl: string;
}

/** Sends to the audit trail what the topic does not carry: muted transitions, and changes of silences. */
export const sendToTrail = ({ sqs, trailQueueUrl }: TrailDeps, news: AlertMessage | AuditEvent): Promise<void> => {
  const message: AlertMessage | AuditMessage = 'schema' in news ? news : { schema: AUDIT_MESSAGE_SCHEMA, event: news };
  return sendMessage({ sqs, queueUrl: trailQueueUrl }, message);
};
