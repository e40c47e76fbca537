import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { inOrder } from '../../../shared/http/in-order.ts';

const Person = z.object({ id: z.string(), name: z.string() });
const Incident = z.object({
  id: z.string(),
  openedBy: z.nullable(Person),
  roles: z.object({ commander: z.nullable(z.string()), responders: z.readonly(z.array(z.string())) }),
  people: z.optional(z.array(Person)),
  labels: z.record(z.string(), z.string()),
});

const shuffled = (value: unknown, chance: () => number): unknown => {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, chance));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, of]) => [chance(), key, shuffled(of, chance)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => a - b).map(([, key, of]) => [key, of]));
};

test('an answer is the same text however its table ordered the keys of its maps', () => {
  const incident = {
    id: 'inc_1',
    openedBy: { id: 'usr_1', name: 'ana' },
    roles: { commander: null, responders: ['usr_2'] },
    people: [{ id: 'usr_2', name: 'ben' }],
    labels: { a: '1', b: '2' },
    later: 'a field that the schema lacks',
  };
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (numbers) => {
      const other = shuffled(incident, () => numbers.next().value);
      expect(JSON.stringify(inOrder(Incident, other))).toBe(JSON.stringify(incident));
    }),
  );
});

test.each([[null], ['text'], [7], [[1, 2]], [undefined]])('%j stays as it is', (value) => {
  expect(inOrder(Incident, value)).toEqual(value);
  expect(inOrder(undefined, value)).toEqual(value);
});

test('a field that the schema lacks may have any name', () => {
  const answer = { constructor: { b: 1, a: 2 }, id: 'inc_1' };
  expect(inOrder(Incident, answer)).toEqual(answer);
});
