import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../kernel/clock.ts';
import { reportTrouble } from './observe.ts';
import { isThrottled } from './transient.ts';

const ONCE_IN_MS = 60_000;
const WRITES = /^(Put|Update|Delete|BatchWrite|TransactWrite)/;

/**
 * A client that reports writes which DynamoDB refuses because a table, an index or a partition takes no more, also where the next
 * attempt is taken: once a minute, since a storm has thousands. A metric of a table shows nothing of its indexes.
 */
export const reportingRefusedWrites = (client: DynamoDBClient): DynamoDBClient => {
  let reportedAt = -Infinity;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const now = systemClock.now().getTime();
          if (WRITES.test(commandName) && isThrottled(error) && now - reportedAt >= ONCE_IN_MS) {
            reportedAt = now;
            const { TableName: table } = args.input as { readonly TableName?: string };
            reportTrouble('refusedWrites', 1, { operation: commandName, table, error: error as Error });
          }
          throw error;
        }
      },
    { name: 'reportRefusedWrites', step: 'finalizeRequest', priority: 'low' },
  );
  return client;
};
