import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { checks } from '../../simulation/checks.ts';
import { FOUL } from '../../simulation/world/weather.ts';
import { CALM } from '../../simulation/world/world.ts';

describe('shards of monitors in a simulated world', () => {
  test('are all checked where nothing goes wrong', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { failures, published } = await checks(seed, CALM);
      expect(failures, `seed ${seed}`).toEqual([]);
      // Five minutes of two shards or more.
      expect(published, `seed ${seed}`).toBeGreaterThanOrEqual(10);
    }
  });

  test('are checked, or are dead letters, while workers die, are throttled and get events twice', async () => {
    for (let seed = 1; seed <= 20; seed++) expect((await checks(seed, FOUL)).failures, `seed ${seed}`).toEqual([]);
  });
});
