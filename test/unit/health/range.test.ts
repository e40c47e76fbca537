import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeOf } from '../../../functions/health/metrics/query-metrics.ts';
import { Problem } from '../../../shared/kernel/errors.ts';

const now = new Date('2026-11-21T03:00:00Z');
const refusalOf = (asked: Parameters<typeof rangeOf>[0]): string | undefined => {
  try {
    rangeOf(asked, now);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
};
const instant = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString());

test('the step that a refusal advises is accepted, and a range that no step fits is refused by its length', () => {
  fc.assert(
    fc.property(instant, instant, fc.constantFrom(undefined, 60, 3_600), (from, to, step) => {
      const refusal = refusalOf({ from, to, step });
      const advised = /step=(\d+)/.exec(refusal ?? '')?.[1];
      if (advised !== undefined) expect(refusalOf({ from, to, step: Number(advised) })).toBeUndefined();
      else if (refusal !== undefined) expect(refusal).toMatch(/before to|at most 46500 days/);
    }),
    { numRuns: 2_000 },
  );
});

test('a range that names no step gets one that fits, up to 127 years', () => {
  expect(rangeOf({ from: '1970-01-01T00:00:00Z' }, now).stepSeconds).toBe(31 * 86_400);
});
