import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DueKey } from './store.ts';

/** SQS holds a message back for so long at most. */
const LONGEST_DELAY_SECONDS = 900;

/** Hands over something that is due at its `dueAt`, then, or in a quarter of an hour where that is sooner. */
export const wakeQueue =
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }) =>
  async ({ part, item, dueAt }: DueKey, now: Date): Promise<void> => {
    const seconds = Math.ceil((Date.parse(dueAt) - now.getTime()) / 1000);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ part, item, dueAt }),
        DelaySeconds: Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS),
      }),
    );
  };

export type Wake = ReturnType<typeof wakeQueue>;
