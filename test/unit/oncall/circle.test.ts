import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { circleThrough } from '../../../functions/oncall/catalogue/circle.ts';

const graph = fc.array(fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 4 }), { minLength: 8, maxLength: 8 });

/** Whether `to` can be reached in so many steps, by trying every way. */
const reaches = (edges: readonly (readonly number[])[], from: number, to: number, steps: number): boolean =>
  steps > 0 && (edges[from] ?? []).some((next) => next === to || reaches(edges, next, to, steps - 1));

describe('a circle', () => {
  test('is found exactly where one can walk back to where one began, and is a way that can be walked', () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const circle = circleThrough('0', (node) => (edges[Number(node)] ?? []).map(String));
        expect(circle !== undefined).toBe(reaches(edges, 0, 0, 8));
        if (!circle) return;
        expect([circle[0], circle.at(-1)]).toEqual(['0', '0']);
        circle.slice(1).forEach((node, i) => expect(edges[Number(circle[i])]).toContain(Number(node)));
      }),
    );
  });

  test('is found at a depth at which recursion would end', () => {
    const last = 100_000;
    const circle = circleThrough('0', (node) => [String((Number(node) + 1) % last)]);
    expect(circle).toHaveLength(last + 1);
  });
});
