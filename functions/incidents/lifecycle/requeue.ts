import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';

/** How often a message was put back. */
export interface Requeued {
  readonly again?: number;
}

/** The waits before the second and the third attempt. Within four minutes the alert is redelivered whose function died. */
const AFTER_SECONDS = [10, 240];
export const MAX_REQUEUES = AFTER_SECONDS.length;

/** Puts a message back into the queue that it came from: for ten seconds, then for four minutes. */
export const requeueIn =
  (queue: Queue) =>
  (message: Requeued): Promise<void> =>
    sendMessage(queue, message, { delaySeconds: AFTER_SECONDS[(message.again ?? 1) - 1] ?? 0 });
