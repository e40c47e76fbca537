import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Queue } from './send-message.ts';

/** How many messages of a queue a reader would receive now, by the count of SQS, which may lag by a minute. */
export const visibleMessages = async ({ sqs, queueUrl }: Queue): Promise<number> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
};
