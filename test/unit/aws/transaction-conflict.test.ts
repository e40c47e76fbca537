import { DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { table, type Table } from '../../../shared/aws/dynamo.ts';
import { isTransient } from '../../../shared/aws/transient.ts';

/** A table whose item is in a transaction for so many requests. */
const busyFor = (times: number, attempts = 1) => {
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  let sent = 0;
  client.send = (() => {
    sent += 1;
    const conflict = new TransactionConflictException({ message: 'busy', $metadata: { attempts } });
    return sent <= times ? Promise.reject(conflict) : Promise.resolve({});
  }) as typeof client.send;
  return { store: table(client, 'things'), sent: () => sent };
};

const key = { pk: 'a' };
const writes: readonly (readonly [string, (store: Table) => Promise<unknown>])[] = [
  ['put', (store) => store.put(key)],
  ['update', (store) => store.update({ key, set: { at: 1 } })],
  ['remove', (store) => store.remove(key)],
];

test.each(writes)('a %s that meets a transaction is sent again', async (_, write) => {
  const { store, sent } = busyFor(3);
  expect(await write(store)).toMatchObject({ done: true });
  expect(sent()).toBe(4);
});

test.each(writes)(
  'a %s that meets transactions all the time is refused as one that may succeed later',
  async (_, write) => {
    const { store } = busyFor(1_000);
    const error: unknown = await write(store).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransactionConflictException);
    expect(isTransient(error)).toBe(true);
  },
);

test('a write is not sent again after a request without an answer, which may have been carried out', async () => {
  const { store, sent } = busyFor(3, 2);
  await expect(store.update({ key, add: { count: 1 } })).rejects.toThrow(TransactionConflictException);
  expect(sent()).toBe(1);
});
