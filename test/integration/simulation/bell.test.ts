import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { bell } from '../../simulation/bell.ts';
import { FOUL } from '../../simulation/world/weather.ts';
import { CALM } from '../../simulation/world/world.ts';

describe('the bell in a simulated world', () => {
  test('rings for every transition once where nothing goes wrong', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(await bell(seed, CALM), `seed ${seed}`).toMatchObject({ failures: [], repeats: 0 });
    }
  });

  test('counts exactly, loses nothing and tells everything while functions die and services refuse', async () => {
    let published = 0;
    let repeats = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const verdict = await bell(seed, FOUL);
      expect(verdict.failures, `seed ${seed}`).toEqual([]);
      published += verdict.published;
      repeats += verdict.repeats;
    }
    // The world is foul: what dies between publishing and noting it publishes again.
    expect(published).toBeGreaterThan(170);
    expect(repeats).toBeGreaterThan(3);
  });

  test('is played again, step by step, by its seed', async () => {
    expect(await bell(42, FOUL)).toEqual(await bell(42, FOUL));
  });
});
