import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { forgetUser } from '../../../functions/paging/contacts/forget-user.ts';
import { worker } from '../../../functions/paging/reactors/work.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { pagedAfter, pagingIn, type PagingWorld } from '../../support/paging.ts';
import { ruleStore } from '../../support/stores.ts';

let dynamo: TestDynamo;
let world: PagingWorld;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  world = await pagingIn(dynamo);
  await ruleStore(dynamo.client, world.tableName).save({ ...pagedAfter(0, 'con_ana'), userId: 'usr_ana' });
});

const forget = async (): Promise<void> => {
  const deps = { ...world.deps(), rules: ruleStore(dynamo.client, world.tableName) };
  const react = worker(
    () => deps,
    (userId) => forgetUser(deps, userId),
    () => Promise.reject(new Error('no probe was sent')),
  );
  const body = JSON.stringify({ schema: 'tocsin.user-deleted/1', userId: 'usr_ana' });
  const event = { Records: [{ messageId: 'm1', body }] } as unknown as SQSEvent;
  expect(await react(event)).toEqual({ batchItemFailures: [] });
};

test('contacts and rules of a user who was deleted are deleted, with an event each; others keep theirs', async () => {
  world.statuses = { usr_ana: 'deleted' };
  await forget();
  await forget();
  const left = await everything(dynamo.client, world.tableName);
  expect(left.map(({ part, item }) => `${String(part)} ${String(item)}`).sort()).toEqual([
    'USER#usr_ana GONE#con_ana',
    'USER#usr_ben con_ben',
  ]);
  expect(JSON.stringify(left.filter(({ part }) => part === 'USER#usr_ana'))).not.toContain('+49');
  expect(left.find(({ item }) => item === 'GONE#con_ana')).toMatchObject({
    event: { type: 'contact.removed', detail: { contact: 'con_ana' } },
    ttl: expect.any(Number),
  });
});

test.each(['active', 'disabled'] as const)('a user who is %s keeps everything', async (status) => {
  world.statuses = { usr_ana: status };
  const before = await everything(dynamo.client, world.tableName);
  await forget();
  expect(await everything(dynamo.client, world.tableName)).toEqual(before);
});
