import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ToldPage } from './follow-page.ts';

const AFTER_SECONDS = 120;

/** Puts a page back into the queue that it came from, for two minutes later. */
export const tellAgain =
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }) =>
  async (page: ToldPage): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(page), DelaySeconds: AFTER_SECONDS }),
    );
  };
