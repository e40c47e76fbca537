import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { chunked } from '../kernel/chunked.ts';
import { jsonText } from '../kernel/json-text.ts';

/** A queue of SQS, as its senders see it. */
export interface Queue {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
}

export interface Delivery {
  /** SQS holds the message back for so long; 900 at most. */
  readonly delaySeconds?: number;
  /** In a FIFO queue, messages of one group keep their order. */
  readonly group?: string;
  /** A FIFO queue drops a second message of this name within five minutes. */
  readonly deduplicationId?: string;
}

/** Sends one message as JSON. Rejects where SQS did not confirm it: the message may be in the queue all the same. */
export const sendMessage = async (
  { sqs, queueUrl }: Queue,
  message: object,
  { delaySeconds, group, deduplicationId }: Delivery = {},
): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: jsonText(message),
      DelaySeconds: delaySeconds,
      MessageGroupId: group,
      MessageDeduplicationId: deduplicationId,
    }),
  );
};

/** SQS takes so many messages in one request. */
const BATCH = 10;

/** Sends messages as JSON, ten in a request and the requests side by side. Rejects where SQS did not confirm every one. */
export const sendMessages = async ({ sqs, queueUrl }: Queue, messages: readonly object[]): Promise<void> => {
  await Promise.all(
    chunked(messages, BATCH).map(async (batch) => {
      const { Failed = [] } = await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map((message, i) => ({ Id: String(i), MessageBody: jsonText(message) })),
        }),
      );
      if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Message}`);
    }),
  );
};
