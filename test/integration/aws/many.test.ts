import { afterAll, beforeAll, expect, test } from 'vitest';
import { INCIDENTS_TABLE_SHAPE } from '../../../functions/incidents/table.ts';
import { table, type Table } from '../../../shared/aws/dynamo.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';

let dynamo: TestDynamo;
let incidents: Table;
beforeAll(async () => {
  dynamo = await startDynamo();
  incidents = table(dynamo.client, await dynamo.table(INCIDENTS_TABLE_SHAPE));
});
afterAll(() => dynamo.stop());

const keyOf = (id: string) => ({ part: 'INCIDENT#many', item: id });

test('many keys are read at once: each item once, in the order of the keys, and a missing one is left out', async () => {
  for (const id of ['a', 'b', 'c']) await incidents.put({ ...keyOf(id), id });
  const read = async (...ids: string[]) => (await incidents.many<{ id: string }>(ids.map(keyOf))).map(({ id }) => id);
  expect(await read('c', 'a', 'missing', 'b')).toEqual(['c', 'a', 'b']);
  expect(await read('b', 'a', 'b', 'b', 'missing', 'missing', 'a')).toEqual(['b', 'a']);
  expect(await read()).toEqual([]);
});
