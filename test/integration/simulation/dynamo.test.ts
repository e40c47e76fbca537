import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { table, type Condition, type TransactWrite, type Update } from '../../../shared/aws/dynamo.ts';
import type { TableShape } from '../../../shared/aws/table-shape.ts';
import { clientOf, memoryDynamo } from '../../simulation/world/dynamo.ts';
import { runs } from '../../support/runs.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';

const SHAPE = {
  hash: 'part',
  range: 'item',
  indexes: { due: { hash: 'due', range: 'dueAt', projects: ['n', 's'] } },
  auditEvents: 'none',
} as const satisfies TableShape;

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

const few = <T>(...of: readonly T[]) => fc.constantFrom(...of);
const key = fc.record({ part: few('a', 'b'), item: few('1', '2', '3') });
const attributes = fc.record(
  {
    n: fc.integer({ min: -3, max: 3 }),
    s: few('x', 'xy', 'z'),
    m: fc.record({ deep: fc.integer({ min: 0, max: 2 }) }),
    due: few('D', 'E'),
    dueAt: few('01', '02', '03'),
  },
  { requiredKeys: [] },
);
const values = { n: 1, low: -1, x: 'x', z: 'z' };
const condition: fc.Arbitrary<Condition | undefined> = few(
  undefined,
  { expression: 'attribute_not_exists(#part)' },
  { expression: 'attribute_exists(#s) AND (#n <> :n OR begins_with(#s, :x))', values: { n: 1, x: 'x' } },
  { expression: '#n BETWEEN :low AND :n OR #s IN (:x, :z)', values },
  { expression: 'NOT contains(#s, :x) AND attribute_not_exists(#n)', values: { x: 'x' } },
  { expression: '#m.#deep >= :n', values: { n: 1 } },
);
const update: fc.Arbitrary<Update> = fc.record(
  {
    key,
    once: fc.record({ s: few('first') }, { requiredKeys: [] }),
    set: fc.record({ s: few('x', 'y'), due: few('D', 'E'), dueAt: few('01', '02') }, { requiredKeys: [] }),
    add: fc.record({ n: fc.integer({ min: 1, max: 2 }) }),
    remove: few([] as string[], ['m'], ['m', 'due']).map((names) => names),
    when: condition,
  },
  { requiredKeys: ['key', 'add'] },
);
const sane = ({ once, set, remove = [], ...rest }: Update): Update => ({
  ...rest,
  // One attribute is written at most once in a request.
  ...(once && !set?.['s'] && { once }),
  ...(set && { set }),
  remove: remove.filter((name) => !(name in (set ?? {}))),
});

type Step =
  | { readonly do: 'put'; readonly item: Record<string, unknown>; readonly when: Condition | undefined }
  | { readonly do: 'update'; readonly update: Update }
  | { readonly do: 'remove'; readonly key: { part: string; item: string }; readonly when: Condition | undefined }
  | { readonly do: 'transact'; readonly writes: readonly TransactWrite[] };

const put = fc.record({
  do: few('put' as const),
  item: fc.tuple(key, attributes).map(([k, a]) => ({ ...k, ...a })),
  when: condition,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  put,
  fc.record({ do: few('update' as const), update: update.map(sane) }),
  fc.record({ do: few('remove' as const), key, when: condition }),
  fc.record({
    do: few('transact' as const),
    writes: fc.uniqueArray(
      fc.oneof(
        fc.record({ put: put.map(({ item }) => item), when: condition }).map((w): TransactWrite => w as TransactWrite),
        update.map((u): TransactWrite => ({ update: sane(u) })),
        fc.record({ delete: key, when: condition }).map((w): TransactWrite => w as TransactWrite),
      ),
      {
        minLength: 1,
        maxLength: 3,
        selector: (w) => {
          const k = ('put' in w ? w.put : 'update' in w ? w.update.key : 'delete' in w ? w.delete : w.check) as Record<
            string,
            string
          >;
          return `${k['part']}/${k['item']}`;
        },
      },
    ),
  }),
);

const carriedOut = async (client: DynamoDBClient, name: string, steps: readonly Step[]): Promise<unknown[]> => {
  const items = table(client, name);
  const answers: unknown[] = [];
  const each = async (work: () => Promise<unknown>): Promise<void> => {
    answers.push(await work().catch((error: unknown) => (error as Error).name));
  };
  for (const next of steps) {
    if (next.do === 'put') await each(() => items.put(next.item, next.when));
    if (next.do === 'update') await each(() => items.update(next.update));
    if (next.do === 'remove') await each(() => items.remove(next.key, next.when));
    if (next.do === 'transact') await each(() => items.transact(next.writes));
  }
  const part = (newestFirst: boolean) => ({
    where: '#part = :a AND #item > :one',
    values: { a: 'a', one: '1' },
    newestFirst,
  });
  const due = { index: 'due', where: '#due = :due AND #dueAt <= :at', values: { due: 'D', at: '02' } };
  await each(() => items.all(part(false)));
  await each(() => items.page(part(true), { limit: 1 }).then(({ items: found }) => found));
  await each(async () =>
    (await items.all<object>(due)).map((item) => JSON.stringify(item, Object.keys(item).sort())).sort(),
  );
  await each(() => items.all({ ...part(false), filter: 'attribute_exists(#n)' }));
  await each(() =>
    items.many([
      { part: 'a', item: '1' },
      { part: 'b', item: '2' },
    ]),
  );
  return answers;
};

describe('the simulated DynamoDB', () => {
  test('answers every sequence of requests as the embedded engine does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const real = await dynamo.table(SHAPE, 'same');
        const memory = memoryDynamo();
        memory.createTable('same', SHAPE);
        const client = clientOf(async (operation, input) => memory.execute(operation, input));
        expect(await carriedOut(client, 'same', steps)).toEqual(await carriedOut(dynamo.client, real, steps));
      }),
      { numRuns: runs(150) },
    );
  });

  test('pages through an index without losing or doubling an item', async () => {
    const memory = memoryDynamo();
    memory.createTable('t', SHAPE);
    const items = table(
      clientOf(async (operation, input) => memory.execute(operation, input)),
      't',
    );
    for (let i = 0; i < 25; i++) await items.put({ part: `p${i}`, item: '1', due: 'D', dueAt: `0${i % 3}` });
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await items.page<{ part: string }>(
        { index: 'due', where: '#due = :d', values: { d: 'D' } },
        { limit: 4, ...(cursor && { cursor }) },
      );
      seen.push(...page.items.map(({ part }) => part));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(seen.length).toBe(25);
    expect(new Set(seen).size).toBe(25);
  });

  test('an index may lag; the table itself never does', async () => {
    const waiting: (() => void)[] = [];
    const memory = memoryDynamo({ propagate: (apply) => void waiting.push(apply) });
    memory.createTable('t', SHAPE);
    const client = clientOf(async (operation, input) => memory.execute(operation, input));
    const items = table(client, 't');
    await items.put({ part: 'p', item: '1', due: 'D', dueAt: '01' });
    const due = { index: 'due', where: '#due = :d', values: { d: 'D' } };
    expect(await items.all(due)).toEqual([]);
    expect(await items.get({ part: 'p', item: '1' })).toMatchObject({ dueAt: '01' });
    for (const apply of waiting) apply();
    expect(await items.all(due)).toHaveLength(1);
  });
});
