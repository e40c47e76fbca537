import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

test('a table whose stream has grown takes a write in the same time as when it was new', async () => {
  const TableName = await dynamo.table({ hash: 'pk', auditEvents: 'none' });
  /** Of many writes the quick ones, which nothing else on this machine has delayed. */
  const timed = async (): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 200; n++) {
      const from = performance.now();
      await dynamo.client.send(new PutItemCommand({ TableName, Item: { pk: { S: `timed-${n}` } } }));
      times.push(performance.now() - from);
    }
    return times.sort((left, right) => left - right)[10] ?? 0;
  };
  const fresh = await timed();
  for (let page = 0; page < 800; page++) {
    const requests = Array.from({ length: 25 }, (_, n) => ({ PutRequest: { Item: { pk: { S: `${page}-${n}` } } } }));
    await dynamo.client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
  }
  expect(await timed()).toBeLessThan(fresh * 2 + 1);
}, 180_000);
