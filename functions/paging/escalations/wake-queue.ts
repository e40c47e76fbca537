import { delayQueue } from '../../../shared/aws/delay-queue.ts';
import type { DueKey } from '../ledger.ts';

/** Hands over something that is due at its `dueAt`, then, or in a quarter of an hour where that is sooner. */
export const wakeQueue = (queue: Parameters<typeof delayQueue>[0]) => {
  const handOver = delayQueue(queue);
  return ({ part, item, dueAt }: DueKey, now: Date): Promise<void> =>
    handOver({ part, item, dueAt }, new Date(dueAt), now);
};

export type Wake = ReturnType<typeof wakeQueue>;
