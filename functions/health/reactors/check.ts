import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger } from '../../../shared/aws/observe.ts';
import { examineDeps } from '../deps/examine.ts';
import type { Shard } from '../monitors/slots.ts';
import { work, type WorkDeps } from '../monitors/work.ts';

/** Checks the monitors of a shard. What fails is handed out again, and ends in the dead letters. */
export const checker =
  (deps: () => WorkDeps) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    logger.resetKeys();
    const ended = await Promise.allSettled(
      event.Records.map(async ({ body }) => work(deps(), JSON.parse(body) as Shard)),
    );
    return {
      batchItemFailures: ended.flatMap((each, i) => {
        if (each.status === 'fulfilled') return [];
        const { messageId = '' } = event.Records[i] ?? {};
        logger.warn('shard will be tried again', { messageId, error: each.reason as Error });
        return [{ itemIdentifier: messageId }];
      }),
    };
  };

export const handler = checker(examineDeps);
