import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { alertIntakeDeps } from '../deps.ts';
import { entryIn } from '../message-in.ts';

/** Keeps each transition of each alert, as the topic tells it, and what was sent here alone. What fails is tried again, and ends in the dead letters. */
export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  logger.resetKeys();
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of event.Records) {
    try {
      await alertIntakeDeps().store.keep(entryIn(body));
    } catch (error) {
      logger.warn('message will be tried again', { messageId, error: error as Error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};
