import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { FOUND } from '../../simulation/found.ts';
import { rules } from '../../simulation/rules.ts';
import { FOUL, weatherOf } from '../../simulation/world/weather.ts';
import { CALM } from '../../simulation/world/world.ts';
import { runs } from '../../support/runs.ts';

describe('rules in a simulated world', () => {
  test('have an alert open exactly while they are broken, whatever becomes of them', async () => {
    let opened = 0;
    for (let seed = 1; seed <= runs(30); seed++) {
      const verdict = await rules(seed, CALM);
      expect(verdict.failures, `seed ${seed}`).toEqual([]);
      opened += verdict.opened;
    }
    expect(opened).toBeGreaterThan(2);
  });

  test('do so while functions die and services refuse', async () => {
    for (let seed = 1; seed <= runs(30); seed++) {
      expect((await rules(seed, FOUL)).failures, `seed ${seed}`).toEqual([]);
    }
  });

  test('take the same course whenever a seed is played', async () => {
    for (const seed of [2, 24]) {
      const [first, again] = [await rules(seed, weatherOf(seed)), await rules(seed, weatherOf(seed))];
      expect(again, `seed ${seed}`).toEqual(first);
    }
  });

  test.each(FOUND.rules)('do so at seed %i, which once found a fault', async (seed) => {
    expect((await rules(seed, weatherOf(seed))).failures).toEqual([]);
  });
});
