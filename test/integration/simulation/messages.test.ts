import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { FOUND } from '../../simulation/found.ts';
import { messages } from '../../simulation/messages.ts';
import { FOUL, weatherOf } from '../../simulation/world/weather.ts';
import { CALM } from '../../simulation/world/world.ts';

describe('messages in a simulated world', () => {
  test('are owed, sent once, told together and say how their alert stands, also where providers fail', async () => {
    let digests = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const verdict = await messages(seed, CALM);
      expect(verdict.failures, `seed ${seed}`).toEqual([]);
      digests += verdict.digests;
    }
    expect(digests).toBeGreaterThan(2);
  });

  test('keep their promises while functions die and services refuse', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      expect((await messages(seed, FOUL)).failures, `seed ${seed}`).toEqual([]);
    }
  });

  test.each(FOUND.messages)('keep their promises at seed %i, which once found a fault', async (seed) => {
    expect((await messages(seed, weatherOf(seed))).failures).toEqual([]);
  });
});
