import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { slotOfSpilled, spillText, type Spilled } from './spill.ts';

export interface SpillQueueDeps {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
}

/** Where events wait while the store refuses. */
export interface SpillQueue {
  /** Keeps an event durably, behind the earlier ones of its slot. The same event again within five minutes is kept once. */
  keep(spilled: Spilled): Promise<void>;
}

export const spillQueue = ({ sqs, queueUrl }: SpillQueueDeps): SpillQueue => ({
  keep: async (spilled) => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: spillText(spilled),
        MessageGroupId: slotOfSpilled(spilled),
        MessageDeduplicationId: spilled.id,
      }),
    );
  },
});
