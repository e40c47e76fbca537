import { sendMessage, type Queue } from './send-message.ts';

/** SQS holds a message back for so long at most. */
const LONGEST_DELAY_SECONDS = 900;

/**
 * Sends a message that arrives at `due`, to the second, or in a quarter of an hour where that is sooner: its receiver then
 * sends it again.
 */
export const delayQueue =
  (queue: Queue) =>
  (message: object, due: Date, now: Date): Promise<void> => {
    const seconds = Math.ceil((due.getTime() - now.getTime()) / 1000);
    return sendMessage(queue, message, { delaySeconds: Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS) });
  };

export type DelayQueue = ReturnType<typeof delayQueue>;
