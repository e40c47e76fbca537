import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';

const JOB_MESSAGE_SCHEMA = 'tocsin.incident-job/1';

/** Work that follows from a change of an incident and takes longer than a request may. */
export interface Job {
  readonly kind: 'resolve_alerts' | 'move_alerts';
  readonly incidentId: string;
  /** Where a page of its alerts begins; absent at the first. */
  readonly cursor?: string;
}

interface JobMessage extends Job {
  readonly schema: typeof JOB_MESSAGE_SCHEMA;
}

export const isJobMessage = (message: unknown): message is JobMessage =>
  (message as Partial<JobMessage>).schema === JOB_MESSAGE_SCHEMA;

/** Sends a job to the queue of incidents, where it waits some seconds. */
export type SendJob = (job: Job, delaySeconds?: number) => Promise<void>;

export const jobQueue =
  (queue: Queue): SendJob =>
  (job, delaySeconds = 0) =>
    sendMessage(queue, { schema: JOB_MESSAGE_SCHEMA, ...job } satisfies JobMessage, { delaySeconds });
