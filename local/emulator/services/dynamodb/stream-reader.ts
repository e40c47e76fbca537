import type { StreamRecord } from './stream-event.ts';
import type { DynamoWire } from './wire.ts';

/** After this record of this shard everything is still to be delivered. */
export interface StreamPosition {
  readonly shardId: string;
  /** Undefined: before the first record of the shard. */
  readonly sequenceNumber: string | undefined;
}

export interface ReadRecord {
  readonly shardId: string;
  readonly record: StreamRecord;
}

export interface StreamReader {
  /** The next records in order; empty when there are none. Throws when the engine is away; call again then. */
  next(limit: number): Promise<readonly ReadRecord[]>;
}

/** Before the first record that the stream still has. */
export const trimHorizon: StreamPosition = { shardId: '', sequenceNumber: undefined };

/** After the last record that the stream has now. Read to find it: the engine names the last one in text order. */
export async function latestPosition(wire: DynamoWire, streamArn: string): Promise<StreamPosition> {
  const reader = openStreamReader(wire, streamArn, trimHorizon);
  let position = trimHorizon;
  for (;;) {
    const last = (await reader.next(1_000)).at(-1);
    if (!last) return position;
    position = { shardId: last.shardId, sequenceNumber: last.record.dynamodb.SequenceNumber };
  }
}

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
}

/**
 * Reads one stream from a position on, shard after shard.
 * The engine has one shard per stream that never closes and trims nothing; the walk over shards is for others.
 */
export function openStreamReader(wire: DynamoWire, streamArn: string, position: StreamPosition): StreamReader {
  let { shardId, sequenceNumber } = position;
  let iterator: string | undefined;

  const call = (operation: string, input: unknown) => wire.call(operation, input, 'DynamoDBStreams');

  async function shards(): Promise<readonly Shard[]> {
    return (await call('DescribeStream', { StreamArn: streamArn })).StreamDescription.Shards;
  }

  async function open(): Promise<void> {
    const all = await shards();
    if (!all.some((shard) => shard.ShardId === shardId)) {
      shardId = all[0]?.ShardId ?? '';
      sequenceNumber = undefined;
    }
    if (shardId === '') return;
    iterator = (
      await call('GetShardIterator', {
        StreamArn: streamArn,
        ShardId: shardId,
        ...(sequenceNumber
          ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequenceNumber }
          : { ShardIteratorType: 'TRIM_HORIZON' }),
      })
    ).ShardIterator;
  }

  return {
    async next(limit) {
      if (!iterator) await open();
      if (!iterator) return [];
      const from = shardId;
      let answer: { Records: StreamRecord[]; NextShardIterator?: string };
      try {
        answer = await call('GetRecords', { ShardIterator: iterator, Limit: limit });
      } catch (error) {
        // Opened again from the last record seen.
        iterator = undefined;
        throw error;
      }
      iterator = answer.NextShardIterator;
      sequenceNumber = answer.Records.at(-1)?.dynamodb.SequenceNumber ?? sequenceNumber;
      if (!iterator) {
        const child = (await shards()).find((shard) => shard.ParentShardId === from);
        if (child) {
          shardId = child.ShardId;
          sequenceNumber = undefined;
        }
      }
      return answer.Records.map((record) => ({ shardId: from, record }));
    },
  };
}
