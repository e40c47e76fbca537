import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

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
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }): SendJob =>
  async (job, delaySeconds = 0) => {
    await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(job), DelaySeconds: delaySeconds }),
    );
  };
