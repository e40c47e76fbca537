import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counts, inTurn, SavePolicy, type Step } from '../../../functions/oncall/policies/policy.ts';

const stepOf = (count: number): Step => ({
  targets: Array.from({ length: count }, (_, i) => ({ type: 'user', id: `usr_${i}` })),
  assignment: 'round_robin',
  escalateAfterMinutes: 5,
});

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
const daily = fc.record({
  type: fc.constant('daily' as const),
  days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  from: time,
  to: time,
});
const hours = fc.record({
  timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
  windows: fc.array(daily, { minLength: 1, maxLength: 2 }),
});
const step = fc.record(
  { targets: fc.constant(stepOf(1).targets), escalateAfterMinutes: fc.constant(5), hours },
  { requiredKeys: ['targets', 'escalateAfterMinutes'] },
);
const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });

describe('the hours of steps', () => {
  test('leave at every instant a step that counts', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), instant, (steps, at) => {
        expect(steps.some((each) => counts(each, steps, at))).toBe(true);
      }),
    );
  });

  test('leave out no step that has none', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 3 }), instant, (others, at) => {
        const always = stepOf(1);
        expect(counts(always, [...others, always], at)).toBe(true);
      }),
    );
  });

  test('are those of the zone, also where its clocks have been changed', () => {
    const nine = {
      ...stepOf(1),
      hours: {
        timeZone: 'Europe/Berlin',
        windows: [{ type: 'daily' as const, days: [1], from: '09:00', to: '10:00' }],
      },
    };
    const steps = [nine, stepOf(1)];
    const at = (text: string): boolean => counts(nine, steps, new Date(text));
    expect([at('2026-10-19T07:30:00Z'), at('2026-10-19T08:30:00Z')]).toEqual([true, false]);
    expect([at('2026-10-26T07:30:00Z'), at('2026-10-26T08:30:00Z')]).toEqual([false, true]);
  });
});

describe('turns', () => {
  test('come to each target equally often, and name every target each time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 1e9 }), (count, first) => {
        const turns = Array.from({ length: count }, (_, i) => inTurn(stepOf(count), first + i));
        expect(new Set(turns.map(([target]) => target?.id)).size).toBe(count);
        for (const turn of turns) expect(new Set(turn.map(({ id }) => id)).size).toBe(count);
      }),
    );
  });
});

test('a policy may leave out turns and hours', () => {
  const { assignment: _, ...bare } = stepOf(2);
  expect(SavePolicy.safeParse({ version: 0, name: 'Night', repeat: 0, steps: [bare] }).success).toBe(true);
});
