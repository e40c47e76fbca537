import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { BROKEN } from '../../simulation/broken.ts';
import { night } from '../../simulation/night.ts';
import { weatherOf } from '../../simulation/world/weather.ts';

const MOST_RUNS = 1_000;

describe('a build is caught within a thousand nights in which', () => {
  test.each(Object.entries(BROKEN))('%s', async (_name, { tells, firstSeed = 1, ...breakage }) => {
    for (let seed = firstSeed; seed < firstSeed + MOST_RUNS; seed++) {
      const { failures } = await night(seed, weatherOf(seed), breakage);
      if (failures.some((failure) => tells.test(failure))) return;
    }
    expect.fail(`${MOST_RUNS} nights passed`);
  });
});
