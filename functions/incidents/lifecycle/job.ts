import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Work that follows from a change of an incident, and takes longer than a change may. */
export interface Job {
  readonly kind: 'resolve_alerts' | 'move_alerts';
  readonly incidentId: string;
  /** Where a page of its alerts begins; absent at the first. */
  readonly cursor?: string;
}

/** Hands a job on, to be done after some seconds. */
export type Hand = (job: Job, delaySeconds?: number) => Promise<void>;

export const jobQueue =
  ({ sqs, queueUrl }: { readonly sqs: Pick<SQSClient, 'send'>; readonly queueUrl: string }): Hand =>
  async (job, delaySeconds = 0) => {
    await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(job), DelaySeconds: delaySeconds }),
    );
  };
