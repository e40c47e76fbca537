import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { sessions } from '../../simulation/sessions.ts';
import { FOUL } from '../../simulation/world/weather.ts';
import { CALM } from '../../simulation/world/world.ts';

describe('sessions in a simulated world', () => {
  test('are renewed by one line of tokens, and end where one was stolen', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { failures, refreshed } = await sessions(seed, CALM);
      expect(failures, `seed ${seed}`).toEqual([]);
      expect(refreshed, `seed ${seed}`).toBeGreaterThan(0);
    }
  });

  test('log nobody out because an answer was lost, while functions die and DynamoDB refuses', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      expect((await sessions(seed, FOUL)).failures, `seed ${seed}`).toEqual([]);
    }
  });
});
