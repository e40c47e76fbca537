import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { FollowedPage } from './follow-page.ts';

/** The waits before the second and the third attempt. Within four minutes the alert is redelivered whose function died. */
const AFTER_SECONDS = [10, 240];
export const MAX_REQUEUES = AFTER_SECONDS.length;

/** Puts a page back into the queue that it came from: for ten seconds, then for four minutes. */
export const requeuePage =
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }) =>
  async (page: FollowedPage): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(page),
        DelaySeconds: AFTER_SECONDS[(page.again ?? 1) - 1] ?? 0,
      }),
    );
  };
