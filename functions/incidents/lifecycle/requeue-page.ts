import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import type { FollowedPage } from './follow-page.ts';

/** The waits before the second and the third attempt. Within four minutes the alert is redelivered whose function died. */
const AFTER_SECONDS = [10, 240];
export const MAX_REQUEUES = AFTER_SECONDS.length;

/** Puts a page back into the queue that it came from: for ten seconds, then for four minutes. */
export const requeuePage =
  (queue: Queue) =>
  (page: FollowedPage): Promise<void> =>
    sendMessage(queue, page, { delaySeconds: AFTER_SECONDS[(page.again ?? 1) - 1] ?? 0 });
