import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** SQS holds a message back for so long at most. */
const LONGEST_DELAY_SECONDS = 900;

/**
 * Hands over a message at `due`, to the second, or in a quarter of an hour where that is sooner: whoever receives it then
 * hands it over again.
 */
export const delayQueue =
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }) =>
  async (message: object, due: Date, now: Date): Promise<void> => {
    const seconds = Math.ceil((due.getTime() - now.getTime()) / 1000);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        DelaySeconds: Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS),
      }),
    );
  };

export type DelayQueue = ReturnType<typeof delayQueue>;
