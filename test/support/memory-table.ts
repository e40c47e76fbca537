import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TableShape } from '../../shared/aws/table-shape.ts';
import { clientOf, memoryDynamo } from '../simulation/world/dynamo.ts';

/**
 * A table in memory, for properties that take thousands of requests: `test/integration/simulation/dynamo.test.ts` holds it
 * against the embedded engine. Each request waits for `turn` before it is carried out.
 */
export const memoryTable = (
  shape: TableShape,
  turn: (operation: string) => Promise<void> = () => Promise.resolve(),
): { readonly client: DynamoDBClient; readonly tableName: string } => {
  const memory = memoryDynamo();
  const tableName = 'memory';
  memory.createTable(tableName, shape);
  return {
    client: clientOf((operation, input) => turn(operation).then(() => memory.execute(operation, input))),
    tableName,
  };
};
