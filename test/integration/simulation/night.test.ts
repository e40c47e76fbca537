import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { FOUND } from '../../simulation/found.ts';
import { night } from '../../simulation/night.ts';
import { FOUL, weatherOf } from '../../simulation/world/weather.ts';
import { CALM } from '../../simulation/world/world.ts';
import { runs } from '../../support/runs.ts';

describe('a night on call in a simulated world', () => {
  test('pages each target of each step once and in time on fair nights, also where a queue loses what it holds', async () => {
    for (let seed = 1; seed <= runs(60); seed++) {
      expect((await night(seed, CALM)).failures, `seed ${seed}`).toEqual([]);
    }
  });

  test('keeps its promises while functions die, services refuse and providers fail', async () => {
    for (let seed = 1; seed <= runs(120); seed++) {
      expect((await night(seed, FOUL)).failures, `seed ${seed}`).toEqual([]);
    }
  });

  test.each(FOUND.night)('keeps its promises at seed %i, which once found a fault', async (seed) => {
    expect((await night(seed, weatherOf(seed))).failures).toEqual([]);
  });

  test('is played again, step by step, by its seed', async () => {
    expect(await night(42, FOUL)).toEqual(await night(42, FOUL));
  });
});
