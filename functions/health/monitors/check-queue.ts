import { sendMessages, type Queue } from '../../../shared/aws/send-message.ts';
import type { Shard } from './slots.ts';

/** Sends shards to the workers. Rejects where SQS did not confirm every one. */
export const checkQueue =
  (queue: Queue) =>
  (shards: readonly Shard[]): Promise<void> =>
    sendMessages(queue, shards);
