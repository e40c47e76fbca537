import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeCursor } from '../../../shared/kernel/page.ts';
import { table, type Query } from '../../../shared/aws/dynamo.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../../functions/incidents/table.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { runs } from '../../support/runs.ts';

let dynamo: TestDynamo;
let incidents: ReturnType<typeof table>;
beforeAll(async () => {
  dynamo = await startDynamo();
  incidents = table(dynamo.client, await dynamo.table(INCIDENTS_TABLE_SHAPE));
});
afterAll(() => dynamo.stop());

const QUERY: Query = { where: '#part = :part', values: { part: 'INCIDENT#1' } };
const refusalOf = (position: unknown): Promise<unknown> =>
  incidents.page(QUERY, { limit: 5, cursor: encodeCursor(position, QUERY) }).then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code ?? error,
  );

test.each([
  [1],
  ['x'],
  [[]],
  [{}],
  [true],
  [null],
  [[null, null]],
  [[{}, {}]],
  [1e308],
  [{ part: 1e300 }],
  [{ part: '' }],
])('a cursor of this query with the position %j is refused as a cursor', async (position) =>
  expect(await refusalOf(position)).toBe('cursor.invalid'),
);

test('whatever the position of a cursor is, it is followed or refused as a cursor', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.jsonValue(),
        fc.record(
          { part: fc.oneof(fc.string(), fc.double(), fc.constant(null)), item: fc.jsonValue() },
          { requiredKeys: [] },
        ),
      ),
      async (position) => {
        expect([undefined, 'cursor.invalid']).toContain(await refusalOf(position));
      },
    ),
    { numRuns: runs(60) },
  );
}, 60_000);
