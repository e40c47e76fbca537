import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { StreamRecord } from './dynamo.ts';
import type { Deployed, World } from './world.ts';

const SHARDS = 3;
const BATCH = 10;

/**
 * Delivers a table's writes to a function as an event source mapping does: in order per item, several shards at once, a
 * failed batch again from its first failure on, and now and then a batch once more that had succeeded.
 */
export const streamTo = (
  world: World,
  fn: Deployed<DynamoDBStreamEvent, DynamoDBBatchResponse>,
  wanted: (record: StreamRecord) => boolean = () => true,
): ((record: StreamRecord) => void) => {
  const shards = Array.from({ length: SHARDS }, () => ({ waiting: [] as StreamRecord[], busy: false }));
  // By their order, not by their names: those are random, and a seed is to tell the whole story.
  const shardOf = new Map<string, number>();

  const pump = async (shard: (typeof shards)[number]): Promise<void> => {
    if (shard.busy) return;
    shard.busy = true;
    while (shard.waiting.length > 0) {
      const batch = shard.waiting.slice(0, world.chance.between(1, BATCH));
      const ending = await fn.invoke({ Records: batch.map(recordOf) });
      const failed =
        ending.kind === 'answered'
          ? ending.answer.batchItemFailures[0]?.itemIdentifier
          : batch[0] && String(batch[0].sequence);
      const done = failed === undefined ? batch.length : batch.findIndex(({ sequence }) => String(sequence) === failed);
      if (done === batch.length && world.chance.happens(world.weather().repeats)) continue;
      shard.waiting.splice(0, done);
      if (done < batch.length)
        await new Promise<void>((resolve) => world.after(world.chance.between(50, 2_000), resolve));
    }
    shard.busy = false;
  };

  return (record) => {
    if (!wanted(record)) return;
    const [partition = ''] = record.key.split('\u0000');
    if (!shardOf.has(partition)) shardOf.set(partition, shardOf.size % SHARDS);
    const shard = shards[shardOf.get(partition) ?? 0] as (typeof shards)[number];
    shard.waiting.push(record);
    world.after(world.lag(50), () => void pump(shard));
  };
};

const recordOf = ({ sequence, before, after }: StreamRecord): DynamoDBStreamEvent['Records'][number] => ({
  eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
  dynamodb: {
    SequenceNumber: String(sequence),
    ...(before && { OldImage: before as never }),
    ...(after && { NewImage: after as never }),
  },
});
