import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { watch } from '../../simulation/watch.ts';
import { FOUL } from '../../simulation/world/weather.ts';
import { CALM } from '../../simulation/world/world.ts';
import { runs } from '../../support/runs.ts';

describe('heartbeats in a simulated world', () => {
  test('raise an alert while a job is overdue, hangs or has failed, and at no other time', async () => {
    let opened = 0;
    for (let seed = 1; seed <= 15; seed++) {
      const verdict = await watch(seed, CALM);
      expect(verdict.failures, `seed ${seed}`).toEqual([]);
      opened += verdict.opened;
    }
    expect(opened).toBeGreaterThan(15);
  });

  test('do so while functions die and services refuse', async () => {
    for (let seed = 1; seed <= runs(100); seed++) {
      expect((await watch(seed, FOUL)).failures, `seed ${seed}`).toEqual([]);
    }
  });
});
