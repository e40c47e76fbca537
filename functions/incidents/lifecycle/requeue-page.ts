import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ToldPage } from './follow-page.ts';

/** How long until a page is told the second time, and the third: then the alert was told again whose function died. */
const AFTER_SECONDS = [10, 240];
export const TIMES_AGAIN = AFTER_SECONDS.length;

/** Puts a page back into the queue that it came from, for ten seconds later, then for four minutes. */
export const tellAgain =
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }) =>
  async (page: ToldPage): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(page),
        DelaySeconds: AFTER_SECONDS[(page.again ?? 1) - 1] ?? 0,
      }),
    );
  };
