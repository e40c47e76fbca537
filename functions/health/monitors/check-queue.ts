import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Shard } from './slots.ts';

const BATCH = 10;

/** Hands shards to the workers; rejects where one could not be handed over. */
export const checkQueue =
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }) =>
  async (shards: readonly Shard[]): Promise<void> => {
    const batches = Array.from({ length: Math.ceil(shards.length / BATCH) }, (_, i) =>
      shards.slice(i * BATCH, (i + 1) * BATCH),
    );
    await Promise.all(
      batches.map(async (batch) => {
        const { Failed = [] } = await sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: batch.map((shard, i) => ({ Id: String(i), MessageBody: JSON.stringify(shard) })),
          }),
        );
        if (Failed.length > 0) throw new Error(`${Failed.length} shards were refused: ${Failed[0]?.Message}`);
      }),
    );
  };
