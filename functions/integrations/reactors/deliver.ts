import type { SNSEvent } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { isAlertMessage } from '../../alerts/events.ts';
import { deliverDeps } from '../deps.ts';
import { deliver, type DeliverDeps } from '../webhooks/deliver.ts';

/** Sends transitions of alerts to webhooks. One that can neither be sent nor stored fails the run, and Lambda runs it again. */
export const deliverer =
  (deps: () => DeliverDeps) =>
  async ({ Records }: SNSEvent): Promise<void> => {
    logger.resetKeys();
    for (const { Sns } of Records) {
      const message: unknown = JSON.parse(Sns.Message);
      if (isAlertMessage(message)) await deliver(deps(), message);
    }
  };

export const handler = deliverer(deliverDeps);
