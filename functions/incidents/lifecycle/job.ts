import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';

/** Work that follows from a change of an incident and takes longer than a request may. */
export interface Job {
  readonly kind: 'resolve_alerts' | 'move_alerts';
  readonly incidentId: string;
  /** Where a page of its alerts begins; absent at the first. */
  readonly cursor?: string;
}

/** Sends a job to the queue, where it waits some seconds. */
export type SendJob = (job: Job, delaySeconds?: number) => Promise<void>;

export const jobQueue =
  (queue: Queue): SendJob =>
  (job, delaySeconds = 0) =>
    sendMessage(queue, job, { delaySeconds });
